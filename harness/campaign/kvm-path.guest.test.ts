/**
 * The path to KVM, on any host: QEMU must take our arguments for each machine with `-accel kvm` and start the firmware. Where KVM proves
 * itself the guest must boot; where it only emulates, it must get as far as the firmware and say so.
 */
import t from 'tap'
import { acceleratorArgs } from '../guest/cpu-args.ts'
import { machineNames, machineOf } from '../guest/machine.ts'
import { hostHasVhostNet } from '../guest/machine-obstacle.ts'
import { chooseAccelerator } from '../host/accelerator.ts'
import { findQemu } from '../host/qemu-binary.ts'
import { rehearse } from './rehearsal-fixture.ts'

/** The flavour with drivers for AMD's IOMMU and AHCI: without them QEMU would not even be started. */
const GENERIC = 'debian:6.1,flavour=amd64'

const CASES = [
  ...machineNames().map((machine) => ({
    scenario: 'moves',
    machine,
    kernel: machine === 'remapped-amd' ? GENERIC : 'debian:6.1',
  })),
  { scenario: 'every-device', machine: 'remapped', kernel: GENERIC },
]

for (const { scenario, machine: name, kernel } of CASES) {
  await t.test(`KVM, ${scenario} on machine ${name}`, async (t) => {
    const { name: usable } = await chooseAccelerator('auto', await findQemu())
    const machine = machineOf(name)
    const cpu = acceleratorArgs({ accel: 'kvm', majorVersion: 0, machine }).at(-1) ?? ''
    const { record, remove } = await rehearse({
      scenario,
      machine: name,
      kernel,
      accel: 'kvm',
      // KVM inside a virtual machine may refuse this one MSR; real hosts do not mind.
      qemuArgs: ['-cpu', `${cpu},arch-capabilities=off`],
      // A guest with more CPUs gets more time by itself.
      ...(usable === 'kvm' ? {} : { timeoutScale: 0.8 / machine.cpus }),
    })
    remove()
    if (machine.nic.vhost && !hostHasVhostNet()) {
      t.match(record, { outcome: 'skip', reason: /vhost-net/ }, record.reason)
      return
    }
    const argv = record.argv ?? []
    t.equal(argv[argv.indexOf('-accel') + 1], 'kvm')
    if (usable === 'kvm') t.equal(record.outcome, 'pass', record.reason)
    else t.match(record, { outcome: 'broken', stage: 'boot.firmware' }, record.reason)
  })
}
