/** Law 2 with remapping: the write itself moves the irq, from process context. */
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { Law, LawInput } from './law.ts'

/** drivers/iommu/intel/irq_remapping.c:intel_ir_set_affinity rewrites the table entry at once (5.10 to 7.3). */
export const atTheWrite: Law = {
  name: 'at-the-write',
  wording:
    'effective is within the mask when the write returns, before any interrupt, moved in process context by the writer',
  judge({ move, trace }: LawInput): Finding {
    const { before, written, write } = move
    if (write.error !== undefined) return unproven('the write was refused')
    const counted = countedBetween(before, written)
    const now = written.effective
    const numbers = { before: before.effective.toList(), effective: now.toList(), interrupts: counted.total }
    if (now.size !== 1 || !now.isSubsetOf(write.requested)) {
      return violated(`${write.requested} was written, effective is ${now} when the write returns`, numbers)
    }
    if (counted.total > 0) return violated(`interrupts were counted at the write: ${counted.words}`, numbers)
    const config = trace.configs[0]
    if (config === undefined) return violated('effective changed without a vector_config', numbers)
    if (config.hardirq !== false || config.softirq !== false)
      return violated('the move was not made in process context', numbers)
    if (config.pid !== write.pid)
      return violated(`the move was made by ${config.comm}-${config.pid}`, numbers)
    if (config.fields['cpu'] !== now.toList()) {
      return violated(`the hardware was set to CPU ${config.fields['cpu']}, effective says ${now}`, numbers)
    }
    if (written.state === undefined) return unproven('the pending bit cannot be read on this kernel', numbers)
    if (written.state.pending) return violated('the request is pending although it was applied', numbers)
    return held(`effective went from ${before.effective} to ${now} in the write itself`, numbers)
  },
}
