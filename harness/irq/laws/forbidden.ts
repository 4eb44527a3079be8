/** A law of the file: a write that the kernel never takes is told apart from a device that failed. */
import { errnoName } from '../errno-name.ts'
import { held, violated, type Finding } from '../verdict.ts'
import type { Law, LawInput } from './law.ts'

/**
 * kernel/irq/proc.c:write_irq_affinity refuses a managed irq and one that must not be balanced: EIO up to 6.11, EPERM
 * since 6.12 (eb29369fa543).
 */
export const forbidden: Law = {
  name: 'forbidden',
  wording:
    'a write to an irq that user space may not move is refused with EPERM, never reaches the irq core, and changes nothing',
  ofRefusals: true,
  judge({ move, trace }: LawInput): Finding {
    const { write, before, written } = move
    const error = write.error === undefined ? 'none' : errnoName(write.error)
    const numbers = {
      error,
      readBack: written.readBack.toList(),
      effective: written.effective.toList(),
    }
    const mask = write.requested.toList()
    if (write.error === undefined)
      return violated(`${mask} was written to ${move.irq.action}, and accepted`, numbers)
    if (trace.write !== undefined)
      return violated(`${mask} was refused with ${error}, after it had reached the irq core`, numbers)
    if (!written.readBack.equals(before.readBack) || !written.effective.equals(before.effective))
      return violated(`${mask} was refused with ${error}, and something changed all the same`, numbers)
    if (error !== 'EPERM') return violated(`${mask} was refused with ${error}`, numbers)
    return held(`${mask} was refused with ${error}, and nothing changed`, numbers)
  },
}
