/** Law 8: in the end what is shown, what is effective and what is pending agree. */
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { Law, LawInput } from './law.ts'

/** kernel/irq/migration.c:irq_move_masked_irq clears the pending bit and is entered only while it is set (5.10 to 7.3). */
export const settled: Law = {
  name: 'settled',
  wording: 'read-back is the mask, effective is within it, nothing is pending, and no second move is tried',
  judge({ move, trace }: LawInput): Finding {
    const first = move.batches[0]?.after
    const last = move.batches.at(-1)?.after
    if (first === undefined || last === undefined) return unproven('no probe was sent')
    if (trace.interrupts.length === 0) return unproven('no interrupt came')
    const { requested } = move.write
    // Not moved at all is law 3's matter, or that of the write.
    if (!first.effective.isSubsetOf(requested))
      return unproven(`the irq had not moved: effective was ${first.effective}`)
    const numbers = {
      readBack: last.readBack.toList(),
      effective: last.effective.toList(),
      tries: trace.moves.length,
    }
    if (!last.readBack.equals(requested)) return violated(`${last.readBack} reads back in the end`, numbers)
    if (last.effective.size !== 1 || !last.effective.isSubsetOf(requested)) {
      return violated(`effective is ${last.effective} in the end`, numbers)
    }
    if (last.state === undefined) return unproven('the pending bit cannot be read on this kernel', numbers)
    if (last.state.pending) return violated('the request is still pending', numbers)
    if (trace.moves.length > 1)
      return violated(`irq_move_masked_irq was entered ${trace.moves.length} times`, numbers)
    return held(`${last.readBack} reads back, effective is ${last.effective}, nothing is pending`, numbers)
  },
}
