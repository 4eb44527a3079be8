/** Law 2 with remapping: the write itself moves the irq, from process context. */
import { actsIn } from '../act-markers.ts'
import { onlineAt } from '../online-cpus.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { Law, LawInput } from './law.ts'

/** drivers/iommu/intel/irq_remapping.c:intel_ir_set_affinity rewrites the table entry at once (5.10 to 7.3). */
export const atTheWrite: Law = {
  name: 'at-the-write',
  wording:
    'effective is within the mask when the write returns, before any interrupt, moved in process context by the writer',
  judge({ run, move, trace }: LawInput): Finding {
    const { before, written, write } = move
    const counted = countedBetween(before, written)
    const now = written.effective
    const numbers = { before: before.effective.toList(), effective: now.toList(), interrupts: counted.total }
    // A driver writes while a CPU comes, before it is there for everybody: what counts is the end of the write.
    const returned = actsIn(run.trace, 'written').find(({ fields }) => fields['id'] === String(move.id))
    const online = onlineAt(run, returned?.index ?? Infinity)
    if (now.size !== 1 || !now.isSubsetOf(write.requested) || !now.isSubsetOf(online)) {
      return violated(
        `${write.requested.toList()} was written, effective is ${now.toList()} when the write returns`,
        numbers,
      )
    }
    if (counted.total > 0) return violated(`interrupts were counted at the write: ${counted.words}`, numbers)
    const config = trace.configs[0]
    if (config === undefined) return violated('effective changed without a vector_config', numbers)
    if (config.hardirq === true || config.softirq === true)
      return violated('the move was not made in process context', numbers)
    if (config.pid !== write.pid)
      return violated(`the move was made by ${config.comm}-${config.pid}`, numbers)
    if (config.fields['cpu'] !== now.toList()) {
      return violated(
        `the hardware was set to CPU ${config.fields['cpu'] ?? 'unseen'}, effective says ${now.toList()}`,
        numbers,
      )
    }
    if (written.state?.pending === true)
      return violated('the request is pending although it was applied', numbers)
    if (written.state === undefined) return unproven('the pending bit cannot be read on this kernel', numbers)
    if (config.hardirq === undefined)
      return unproven('the trace does not show the context of the move', numbers)
    return held(
      `effective went from ${before.effective.toList()} to ${now.toList()} in the write itself`,
      numbers,
    )
  },
}
