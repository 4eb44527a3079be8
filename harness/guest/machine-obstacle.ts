/** Can this host and its QEMU make the machine at all? Asked before anything is started: what is missing is a skip. */
import { existsSync } from 'node:fs'
import { NotApplicable } from '../base/errors.ts'
import type { Machine } from './machine.ts'

/** What of a host decides. */
export interface MachineHost {
  readonly accel: 'kvm' | 'tcg'
  /** Of QEMU. */
  readonly majorVersion: number
  readonly hasVhostNet: boolean
}

/** The device by which QEMU hands a tap to the host's kernel. */
const VHOST_NET = '/dev/vhost-net'

/** QEMU 9.0 taught TCG the x2APIC (target/i386/cpu.c: TCG_EXT_FEATURES has it; seen missing in 7.2, there in 10.0). */
const X2APIC_UNDER_TCG_SINCE = 9

/** True where the host can take packets over from QEMU. */
export function hostHasVhostNet(): boolean {
  return existsSync(VHOST_NET)
}

/** Throws `NotApplicable` with the version or the device that is missing. */
export function demandHost(machine: Machine, host: MachineHost): void {
  const unmet = obstacle(machine, host)
  if (unmet !== undefined)
    throw new NotApplicable(unmet.need, `machine ${machine.name} needs ${unmet.need}: ${unmet.why}`)
}

function obstacle(
  { apic, remapping, splitIrqchip, nic }: Machine,
  { accel, majorVersion, hasVhostNet }: MachineHost,
): { readonly need: string; readonly why: string } | undefined {
  if (apic === 'x2apic' && accel === 'tcg') {
    if (remapping === 'none')
      return {
        need: 'x2APIC without remapping',
        why: 'on TCG the kernel turns x2APIC off unless interrupts are remapped (arch/x86/kernel/apic/apic.c:try_to_enable_x2apic); KVM has it',
      }
    if (majorVersion < X2APIC_UNDER_TCG_SINCE)
      return {
        need: 'x2APIC',
        why: `QEMU ${majorVersion} has none under TCG, ${X2APIC_UNDER_TCG_SINCE}.0 and later have`,
      }
  }
  if (splitIrqchip && accel === 'tcg')
    return { need: 'KVM', why: 'under TCG the whole of the irqchip is in QEMU' }
  if (nic.vhost && !hasVhostNet)
    return {
      need: VHOST_NET,
      why: 'this host has no such device (modprobe vhost_net; in a container, pass it in)',
    }
  return undefined
}
