/**
 * The path to KVM, on any host: QEMU must take our arguments with `-accel kvm` and start the firmware. Where KVM proves
 * itself the guest must boot; where it only emulates, it must get as far as the firmware and say so.
 */
import t from 'tap'
import { chooseAccelerator } from '../host/accelerator.ts'
import { findQemu } from '../host/qemu-binary.ts'
import { rehearse } from './rehearsal-fixture.ts'

/** Debian's 6.1 has no AHCI: where the guest boots it says so, and QEMU has taken all that there is. */
const CASES = [
  { scenario: 'moves', machine: 'plain', outcome: 'pass' },
  { scenario: 'moves', machine: 'remapped', outcome: 'pass' },
  { scenario: 'every-device', machine: 'remapped', outcome: 'skip' },
] as const

for (const { scenario, machine, outcome } of CASES) {
  await t.test(`KVM, ${scenario} on machine ${machine}`, async (t) => {
    const { name: usable } = await chooseAccelerator('auto', await findQemu())
    const { record, remove } = await rehearse({
      scenario,
      machine,
      accel: 'kvm',
      // KVM inside a virtual machine may refuse this one MSR; real hosts do not mind.
      qemuArgs: ['-cpu', 'host,arch-capabilities=off'],
      ...(usable === 'kvm' ? {} : { timeoutScale: 0.2 }),
    })
    remove()
    const argv = record.argv ?? []
    t.equal(argv[argv.indexOf('-accel') + 1], 'kvm')
    if (usable === 'kvm') t.equal(record.outcome, outcome, record.reason)
    else t.match(record, { outcome: 'broken', stage: 'boot.firmware' }, record.reason)
  })
}
