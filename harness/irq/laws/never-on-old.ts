/** Law 3 with remapping: the old CPU never sees an interrupt of this irq again. */
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { Law, LawInput } from './law.ts'

/** drivers/iommu/intel/irq_remapping.c:intel_ir_set_affinity: from the write on the table entry names the new CPU (5.10 to 7.3). */
export const neverOnOld: Law = {
  name: 'never-on-old',
  wording: 'no interrupt after the write is counted on the old CPU',
  judge({ move, trace }: LawInput): Finding {
    const last = move.batches.at(-1)?.after
    if (last === undefined) return unproven('no probe was sent')
    if (move.before.effective.size !== 1)
      return unproven(`effective was ${move.before.effective.toList()}, not one CPU`)
    const old = move.before.effective.only()
    const counted = countedBetween(move.written, last)
    const numbers = { old, onOld: counted.on(old), total: counted.total, handled: trace.interrupts.length }
    if (counted.total === 0 && trace.interrupts.length === 0) return unproven('no interrupt came', numbers)
    if (counted.on(old) > 0)
      return violated(`the old CPU ${old} counted ${counted.on(old)} after the write`, numbers)
    if (trace.interrupts.some((event) => event.cpu === old))
      return violated(`a handler ran on the old CPU ${old}`, numbers)
    // One that arrives while another CPU runs the handler is neither counted nor handled where it arrived.
    if (trace.acks.some((event) => event.cpu === old))
      return violated(`an interrupt arrived on the old CPU ${old}`, numbers)
    return held(`${counted.total} interrupts after the write, none on CPU ${old}`, numbers)
  },
}
