/** What do guests run on: the processor's own virtualisation, or QEMU's translation? */
import { Trouble } from '../base/errors.ts'
import { proveKvm } from './kvm-proof.ts'
import type { KvmProof } from './kvm-proof.ts'
import type { QemuBinary } from './qemu-binary.ts'

/** What the user may ask for. */
export type AcceleratorWish = 'auto' | 'kvm' | 'tcg'

/** What was chosen, and the sentence that says why: shown to the user and kept in the record. */
export interface Accelerator {
  readonly name: 'kvm' | 'tcg'
  readonly reason: string
  /** Absent when TCG was asked for: KVM was not looked at then. */
  readonly proof?: KvmProof
}

/**
 * Chooses. `auto` takes KVM where it proves itself and else TCG with the reason; `tcg` asks the host nothing;
 * `kvm` never falls back: it throws a lasting `Trouble` at `host.accelerator` that has the remedy.
 */
export async function chooseAccelerator(wish: AcceleratorWish, qemu: QemuBinary): Promise<Accelerator> {
  if (wish === 'tcg') return { name: 'tcg', reason: 'TCG was asked for' }
  const proof = await proveKvm(qemu.path)
  if (proof.usable) {
    const { wallMs } = proof.measured
    return { name: 'kvm', reason: `KVM proved itself in ${Math.round(wallMs)} ms`, proof }
  }
  if (wish === 'auto') return { name: 'tcg', reason: `no usable KVM: ${proof.reason}`, proof }
  throw new Trouble('host.accelerator', `KVM cannot be used: ${proof.reason}`, {
    hint: proof.remedy,
    // A busy host may be free the next time; everything else stays as it is.
    lasting: proof.kind !== 'starved',
  })
}
