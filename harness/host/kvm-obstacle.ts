/** What stands between us and KVM? The obstacles with their remedies, and what the device itself says when it is opened. */
import { open } from 'node:fs/promises'
import { messageOf } from '../base/errors.ts'
import { errnoOf } from './errno.ts'
import type { CountMeasure } from './kvm-measure.ts'

/** Why KVM cannot be used. Each has its own remedy. */
export type KvmObstacle = 'missing' | 'permission' | 'busy' | 'slow' | 'refused' | 'starved'

/** The answer, with the measure or the reason and what to do about it. */
export type KvmProof =
  | { readonly usable: true; readonly measured: CountMeasure }
  | {
      readonly usable: false
      readonly kind: KvmObstacle
      readonly reason: string
      readonly remedy: string
      readonly measured?: CountMeasure
    }

const remedies: Record<KvmObstacle, string> = {
  missing:
    'Load kvm_intel or kvm_amd (modprobe); switch on VT-x or AMD-V in the firmware; in a virtual machine, nested virtualisation; in a container, pass --device /dev/kvm',
  permission: 'sudo usermod -aG kvm $USER, then log in again',
  busy: 'Stop the other hypervisor (VirtualBox, VMware or the like) that holds the processor',
  slow: 'This host has no hardware behind its KVM (a virtual machine without nested virtualisation?): use --accel tcg or a bare-metal host',
  refused: 'Run QEMU by hand with -accel kvm; or use --accel tcg',
  starved: 'Try again when the host is less busy; or use --accel tcg',
}

/** What the device itself says against KVM, by being opened and closed; undefined when it lets us in. */
export async function deviceObstacle(device: string): Promise<KvmProof | undefined> {
  try {
    await (await open(device, 'r+')).close()
    return undefined
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'EACCES' || code === 'EPERM')
      return obstacle('permission', `No permission to open ${device}`)
    if (code === 'EBUSY') return obstacle('busy', `${device} is held by another`)
    if (code === 'ENOENT') return obstacle('missing', `There is no ${device}`)
    // ENXIO, ENODEV: the file is there, the driver behind it is not.
    return obstacle('missing', `${device} cannot be opened: ${messageOf(error)}`)
  }
}

/** The answer no, with the remedy for it. */
export function obstacle(kind: KvmObstacle, reason: string): Extract<KvmProof, { usable: false }> {
  return { usable: false, kind, reason, remedy: remedies[kind] }
}
