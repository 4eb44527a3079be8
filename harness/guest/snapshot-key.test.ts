import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { machineOf } from './machine.ts'
import { neverAside, snapshotKey } from './snapshot-key.ts'

const source = join(t.testdir({ 'a.ts': 'one' }), 'a.ts')
const request = {
  binary: '/usr/bin/qemu-system-x86_64',
  majorVersion: 7,
  accel: 'tcg' as 'tcg' | 'kvm',
  machine: machineOf('plain'),
  kernel: '/cache/kernel-6.1-aa/bzImage',
  initrd: '/cache/initrd-6.1-bb/initrd',
  qmpSocket: '/run/qmp',
  append: '',
  extraArgs: [] as string[],
}
const origin = {
  qemuSha256: 'q',
  qemuVersion: '7.2',
  kernelSha256: 'k',
  guestSha256: 'g',
  hostCpu: undefined as string | undefined,
  state: 'settled' as 'settled' | 'untouched',
  preparedBy: [source],
}
const key = (requested: Partial<typeof request> = {}, from: Partial<typeof origin> = {}) =>
  snapshotKey({ ...request, ...requested }, { ...origin, ...from })

await t.test('whatever reaches the guest makes another key', async (t) => {
  const keys = {
    same: key(),
    qemu: key({}, { qemuSha256: 'r' }),
    'version of QEMU': key({}, { qemuVersion: '10.0' }),
    accelerator: key({ accel: 'kvm' }),
    'CPU of the host': key({}, { hostCpu: 'EPYC' }),
    kernel: key({}, { kernelSha256: 'l' }),
    guest: key({}, { guestSha256: 'h' }),
    modules: key({ initrd: '/cache/initrd-6.1-cc/initrd' }),
    machine: key({ machine: machineOf('remapped') }),
    'number of CPUs': key({ machine: machineOf({ name: 'eight', cpus: 8 }) }),
    'mode of the local APICs': key({
      machine: machineOf({ name: 'remapped-xapic', remapping: 'intel', apic: 'xapic' }),
    }),
    "AMD's IOMMU": key({ machine: machineOf('remapped-amd') }),
    'places for more CPUs': key({ machine: machineOf('hotpluggable') }),
    threads: key({ machine: machineOf({ name: 'smt', threads: 2 }) }),
    'NUMA nodes': key({ machine: machineOf('numa') }),
    'sockets without nodes': key({ machine: machineOf({ name: 'sockets', sockets: 2 }) }),
    'CPUs set apart': key({ machine: machineOf('isolated') }),
    'CPUs without a tick': key({ machine: machineOf('tickless') }),
    'where irqs start': key({ machine: machineOf({ name: 'start', irqAffinity: '0-1' }) }),
    vhost: key({ machine: machineOf('vhost') }),
    'devices beside the NIC': key({ machine: machineOf({ name: 'plain', devices: ['ttyS1'] }) }),
    'kernel command line': key({ append: 'nohz=off' }),
    'QEMU argument': key({ extraArgs: ['-device', 'nvme'] }),
    'workaround of a QEMU version': key({ majorVersion: 10 }),
    state: key({}, { state: 'untouched' }),
  }
  t.equal(new Set(Object.values(keys)).size, Object.keys(keys).length)
  const kvm = { accel: 'kvm' } as const
  t.not(key({ ...kvm, machine: machineOf('split-irqchip') }), key(kvm), 'the IO-APIC in QEMU')
  t.match(keys.same, /^[0-9a-f]{16}$/)
})

await t.test('where files lie makes no difference, what is in them does', async (t) => {
  t.equal(key(), key({ binary: '/opt/qemu', kernel: '/x/bzImage', qmpSocket: '/tmp/q' }))
  t.equal(key(), key({ initrd: '/other/initrd-6.1-bb/initrd' }))
  const before = key()
  writeFileSync(source, 'two')
  t.not(key(), before, 'code of ours that prepares the guest')
})

await t.test('what QEMU is given by hand may be more than a snapshot holds', async (t) => {
  t.equal(neverAside({ extraArgs: [] }), undefined)
  t.match(neverAside({ extraArgs: ['-drive', 'file=x'] }), /--qemu-arg/)
})
