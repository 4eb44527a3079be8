/** What do guests run on: the processor's own virtualisation, or QEMU's translation? */
import { Trouble } from '../base/errors.ts'
import { forgetful, type Memory } from './memory.ts'
import type { QemuBinary } from './qemu-binary.ts'
import { type DatedProof, rememberedProof } from './remembered-kvm.ts'

/** What the user may ask for. */
export type AcceleratorWish = 'auto' | 'kvm' | 'tcg'

/** What was chosen, and the sentence that says why: shown to the user and kept in the record. */
export interface Accelerator {
  readonly name: 'kvm' | 'tcg'
  readonly reason: string
  /** Absent when TCG was asked for: KVM was not looked at then. */
  readonly proof?: DatedProof
  /** How much slower than expected it is (`slownessOf`); absent: not measured. */
  readonly slowness?: number
}

/**
 * Chooses. `auto` takes KVM where it proves itself and else TCG with the reason; `tcg` asks the host nothing;
 * `kvm` never falls back: it throws a lasting `Trouble` at `host.accelerator` that has the remedy.
 * What `memory` holds of a proof under the same conditions counts, and the reason says so.
 */
export async function chooseAccelerator(
  wish: AcceleratorWish,
  qemu: QemuBinary,
  memory: Memory = forgetful,
): Promise<Accelerator> {
  if (wish === 'tcg') return { name: 'tcg', reason: 'TCG was asked for' }
  const proof = await rememberedProof(qemu, memory)
  const when = proof.provenAt === undefined ? '' : ` (found at ${proof.provenAt}, in this boot of the host)`
  if (proof.usable) {
    const { wallMs } = proof.measured
    return { name: 'kvm', reason: `KVM proved itself in ${Math.round(wallMs)} ms${when}`, proof }
  }
  if (wish === 'auto') return { name: 'tcg', reason: `no usable KVM: ${proof.reason}${when}`, proof }
  throw new Trouble('host.accelerator', `KVM cannot be used: ${proof.reason}${when}`, {
    hint: proof.remedy,
    // A busy host may be free the next time; everything else stays as it is.
    lasting: proof.kind !== 'starved',
  })
}
