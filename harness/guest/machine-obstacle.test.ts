import t from 'tap'
import { machineNames, machineOf } from './machine.ts'
import { demandHost, type MachineHost } from './machine-obstacle.ts'

const KVM: MachineHost = { accel: 'kvm', majorVersion: 7, hasVhostNet: true }

/** The machines that a host cannot make. */
function unmetOn(host: Partial<MachineHost>): readonly string[] {
  return machineNames().filter((name) => {
    try {
      demandHost(machineOf(name), { ...KVM, ...host })
      return false
    } catch {
      return true
    }
  })
}

await t.test('with KVM and vhost every machine can be made', async (t) => {
  t.same(unmetOn({}), [])
  t.same(unmetOn({ hasVhostNet: false }), ['vhost'])
})

await t.test('TCG has x2APIC from QEMU 9 on, with remapping alone, and no irqchip to split', async (t) => {
  t.same(unmetOn({ accel: 'tcg' }), ['x2apic', 'x2apic-plain', 'split-irqchip'])
  t.same(unmetOn({ accel: 'tcg', majorVersion: 8 }), ['x2apic', 'x2apic-plain', 'split-irqchip'])
  t.same(unmetOn({ accel: 'tcg', majorVersion: 9 }), ['x2apic-plain', 'split-irqchip'])
})

await t.test('a skip names the version or the device', async (t) => {
  t.throws(() => demandHost(machineOf('x2apic'), { ...KVM, accel: 'tcg' }), {
    name: 'NotApplicable',
    need: 'x2APIC',
    message: 'machine x2apic needs x2APIC: QEMU 7 has none under TCG, 9.0 and later have',
  })
  t.throws(() => demandHost(machineOf('vhost'), { ...KVM, hasVhostNet: false }), {
    need: '/dev/vhost-net',
    message: /modprobe vhost_net/,
  })
})
