/** A request for CPUs that have no vector left, with remapping: the write itself is refused. */
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import { fullCpus, ROOM_UNKNOWN } from './full-cpus.ts'
import type { Law, LawInput } from './law.ts'

const ENOSPC = 'No space left on device'

/** drivers/iommu/intel/irq_remapping.c:intel_ir_set_affinity gives on what assign_vector_locked says (5.10 to 7.3). */
export const refused: Law = {
  name: 'refused',
  wording:
    'a write for CPUs that have no vector left is refused with ENOSPC by the irq core, changes nothing, leaves nothing pending, and interrupts come where they came before',
  ofRefusals: true,
  judge(input: LawInput): Finding {
    const { move, trace } = input
    const { before, written, write } = move
    if (before.effective.size !== 1)
      return unproven(`effective was ${before.effective.toList()}, not one CPU`)
    const old = before.effective.only()
    const full = fullCpus(input, trace.write?.index ?? -1)
    if (full === undefined) return unproven(ROOM_UNKNOWN)
    const last = move.batches.at(-1)?.after
    const numbers = {
      full,
      error: write.error ?? 'none',
      returned: trace.returned ?? 'unseen',
      readBack: written.readBack.toList(),
      effective: written.effective.toList(),
    }
    const asked = write.requested.toList()
    if (write.error === undefined)
      return violated(`${asked} was accepted, and ${full} has no vector left`, numbers)
    if (write.error !== ENOSPC)
      return violated(`${asked} was refused with other words: ${write.error}`, numbers)
    if (trace.returned !== undefined && trace.returned !== -28)
      return violated(`irq_set_affinity_locked returned ${trace.returned}`, numbers)
    if (!written.readBack.equals(before.readBack) || !written.effective.equals(before.effective))
      return violated(`${asked} was refused, and something changed all the same`, numbers)
    if (trace.configs.length + trace.updates.length > 0) return violated('the vector was changed', numbers)
    if (written.state?.pending === true) return violated(`${asked} was refused, and is pending`, numbers)
    if (last === undefined) return unproven('no probe was sent', numbers)
    const counted = countedBetween(written, last)
    if (counted.total === 0 || !last.effective.equals(before.effective) || counted.on(old) !== counted.total)
      return violated(
        `afterwards effective is ${last.effective.toList()}, interrupts: ${counted.words}`,
        numbers,
      )
    if (written.state === undefined) return unproven('the pending bit cannot be read on this kernel', numbers)
    if (trace.returned === undefined)
      return unproven('the trace does not show what irq_set_affinity_locked returned', numbers)
    return held(
      `${full} had no vector left: the write was refused with ENOSPC, and all ${counted.total} interrupts came on CPU ${old}`,
      numbers,
    )
  },
}
