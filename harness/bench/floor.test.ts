import t from 'tap'
import { machineOf } from '../guest/machine.ts'
import { kernelCommandLine, qemuArgv } from '../guest/qemu-args.ts'
import { floorArgv } from './floor.ts'

function guestArgv(machine: string) {
  return qemuArgv({
    binary: '/usr/bin/qemu-system-x86_64',
    majorVersion: 7,
    accel: 'tcg',
    machine: machineOf(machine),
    kernel: '/k/bzImage',
    initrd: '/k/floor.cpio',
    qmpSocket: '/w/qmp',
    append: '',
    extraArgs: [],
  })
}

await t.test('the floor is the guest without NICs and QMP, and nothing else is changed', async (t) => {
  const guest = guestArgv('plain')
  const floor = floorArgv(guest)
  t.notMatch(floor.join('\n'), /netdev|virtio-net|-qmp|\/w\/qmp/)
  t.match(guest.join('\n'), /netdev[^]*virtio-net[^]*/, 'there was something to leave out')
  const left = guest.filter((word) => !floor.includes(word))
  t.same(
    left.filter((word) => !/^-netdev$|^tap,|^virtio-net|^-qmp$|^unix:|^-device$/.test(word)),
    [],
  )
  t.same(
    floor.filter((word) => !guest.includes(word)),
    [],
    'nothing was added',
  )
  for (const option of ['-machine', '-accel', '-cpu', '-smp', '-m', '-kernel', '-append']) {
    t.equal(floor[floor.indexOf(option) + 1], guest[guest.indexOf(option) + 1], option)
  }
  t.ok(floor.includes(kernelCommandLine(machineOf('plain'), '')))
})

await t.test('an IOMMU is part of the machine and stays', async (t) => {
  const floor = floorArgv(guestArgv('remapped'))
  t.equal(floor[floor.indexOf('-device') + 1], 'intel-iommu,intremap=on')
})
