import t from 'tap'
import { Limits } from '../base/limits.ts'
import { CpuSlots } from './cpu-slots.ts'

const slot = (core: number, socket = 0, path?: string) => ({
  type: 'max-x86_64-cpu',
  'vcpus-count': 1,
  props: { 'core-id': core, 'socket-id': socket, 'thread-id': 0, 'die-id': 0 },
  ...(path === undefined ? {} : { 'qom-path': path }),
})

/** A guest and its QEMU: what is plugged in is present after `looks` more looks. */
function machineWith(slots: readonly object[], looks = 1) {
  const added: object[] = []
  const removed: object[] = []
  let left = looks
  return {
    added,
    removed,
    guest: {
      run: () =>
        Promise.resolve(added.length > removed.length && left-- <= 0 ? 'present 0-4\n' : 'present 0-3\n'),
    },
    qmp: {
      execute: (command: string, args: object = {}) => {
        if (command === 'device_add') added.push(args)
        if (command === 'device_del') removed.push(args)
        return Promise.resolve(command === 'query-hotpluggable-cpus' ? slots : {})
      },
    },
  }
}

await t.test('the first free place is taken, and the number is the kernel’s', async (t) => {
  // As QEMU lists them: the last place first.
  const { added, guest, qmp } = machineWith(
    [slot(1, 1), slot(0, 1), slot(5), slot(4), slot(3, 0, '/machine/cpu[3]')],
    2,
  )
  t.equal(await new CpuSlots(guest, qmp, new Limits(1)).plug(), 4)
  t.same(added, [{ driver: 'max-x86_64-cpu', id: 'cpu-4096', ...slot(4).props }])
})

await t.test('no place left, no CPU', async (t) => {
  const { guest, qmp } = machineWith([slot(3, 0, '/machine/cpu[3]')])
  await t.rejects(new CpuSlots(guest, qmp, new Limits(1)).plug(), {
    name: 'RangeError',
    message: /spareCpus: 1/,
  })
})

await t.test('a kernel that takes no CPU is trouble', async (t) => {
  const { guest, qmp } = machineWith([slot(4)], 1e9)
  await t.rejects(new CpuSlots(guest, qmp, new Limits(0.01)).plug(), {
    name: 'Trouble',
    stage: 'boot.device',
  })
  const silent = { run: () => Promise.resolve('') }
  await t.rejects(new CpuSlots(silent, qmp, new Limits(1)).plug(), {
    name: 'Trouble',
    stage: 'guest.hotplug',
  })
})

await t.test('what was plugged in can be taken out, and nothing else', async (t) => {
  const { removed, guest, qmp } = machineWith([slot(4)])
  const slots = new CpuSlots(guest, qmp, new Limits(1))
  await t.rejects(slots.unplug(3), { name: 'RangeError', message: /CPU 3 was not plugged in/ })
  await slots.unplug(await slots.plug())
  t.same(removed, [{ id: 'cpu-4096' }])
  await t.rejects(slots.unplug(4), { name: 'RangeError' })
})
