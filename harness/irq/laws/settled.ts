/** Law 8: in the end what is shown, what is effective and what is pending agree. */
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { Law, LawInput } from './law.ts'

/** kernel/irq/migration.c:irq_move_masked_irq clears the pending bit and is entered only while it is set (5.10 to 7.3). */
export const settled: Law = {
  name: 'settled',
  wording: 'read-back is the mask, effective is within it, nothing is pending, and no second move is tried',
  judge({ move, trace }: LawInput): Finding {
    const last = move.batches.at(-1)?.after
    const { requested } = move.write
    const first = move.written.effective.isSubsetOf(requested) ? move.written : move.batches[0]?.after
    if (first === undefined || last === undefined) return unproven('no probe was sent')
    if (trace.interrupts.length === 0) return unproven('no interrupt came')
    // Not moved at all is law 3's matter, or that of the write.
    if (!first.effective.isSubsetOf(requested))
      return unproven(`the irq had not moved: effective was ${first.effective.toList()}`)
    const numbers = {
      readBack: last.readBack.toList(),
      effective: last.effective.toList(),
      tries: trace.moves.length,
    }
    if (!last.readBack.equals(requested))
      return violated(`${last.readBack.toList()} reads back in the end`, numbers)
    if (last.effective.size !== 1 || !last.effective.isSubsetOf(requested)) {
      return violated(`effective is ${last.effective.toList()} in the end`, numbers)
    }
    // Where the irq moved to is another law's matter while the hardware and the first reading disagree.
    const agreed = trace.configs[0]?.fields['cpu'] === first.effective.toList()
    if (agreed && !last.effective.equals(first.effective)) {
      return violated(
        `effective went on from ${first.effective.toList()} to ${last.effective.toList()}`,
        numbers,
      )
    }
    if (last.state?.pending === true) return violated('the request is still pending', numbers)
    if (trace.moves.length > 1)
      return violated(`irq_move_masked_irq was entered ${trace.moves.length} times`, numbers)
    if (last.state === undefined) return unproven('the pending bit cannot be read on this kernel', numbers)
    return held(
      `${last.readBack.toList()} reads back, effective is ${last.effective.toList()}, nothing is pending`,
      numbers,
    )
  },
}
