/** A request for CPUs that have no vector left, without remapping: the kernel takes it, and loses it at the next interrupt. */
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { Law, LawInput } from './law.ts'
import { fullCpus, ROOM_UNKNOWN } from './full-cpus.ts'

/**
 * kernel/irq/migration.c:irq_move_masked_irq clears the pending bit, gets -ENOSPC from irq_do_set_affinity, and tries again
 * only after -EBUSY (5.10 to 7.3). Nobody is told: this is what the kernel does, not what its user hopes for.
 */
export const dropped: Law = {
  name: 'dropped',
  wording:
    'a request for CPUs that have no vector left is lost at the next interrupt, which finds none: the mask before it reads back, effective and vector stay, nothing is pending, and interrupts come where they came before',
  judge(input: LawInput): Finding {
    const { move, trace } = input
    const { before, write } = move
    const last = move.batches.at(-1)?.after
    const [first] = trace.probes
    if (last === undefined || first === undefined) return unproven('no probe was sent')
    if (before.effective.size !== 1)
      return unproven(`effective was ${before.effective.toList()}, not one CPU`)
    if (before.state?.pending !== false || write.requested.equals(before.readBack))
      return unproven('another request was pending before this one, or it asked for what was there')
    const old = before.effective.only()
    const full = fullCpus(input, first.index)
    if (full === undefined) return unproven(ROOM_UNKNOWN)
    const refusals = trace.allocs.filter(({ fields }) => fields['ret'] === '-28')
    const counted = countedBetween(move.hold?.ended ?? move.written, last)
    const numbers = {
      full,
      readBack: last.readBack.toList(),
      effective: last.effective.toList(),
      tries: trace.moves.length,
      refusals: refusals.length,
    }
    if (counted.total === 0) return unproven('no interrupt came', numbers)
    if (trace.configs.length + trace.updates.length > 0 || !last.effective.equals(before.effective))
      return violated(`${full} has no vector left, and the irq went to ${numbers.effective}`, numbers)
    if (trace.moves.length === 0) return violated('no move was tried at the interrupt', numbers)
    if (refusals.length === 0) return violated('no vector was looked for at the interrupt', numbers)
    if (refusals.some((event) => event.cpu !== old || event.hardirq === false))
      return violated(`a vector was looked for elsewhere than in the interrupt on CPU ${old}`, numbers)
    if (last.state?.pending === true)
      return violated('the request is still pending after it could not be made', numbers)
    if (!last.readBack.equals(before.readBack))
      return violated(
        `${write.requested.toList()} could not be made, ${numbers.readBack} reads back`,
        numbers,
      )
    if (trace.moves.length > 1) return violated(`the move was tried ${trace.moves.length} times`, numbers)
    if (counted.on(old) !== counted.total) return violated(`interrupts: ${counted.words}`, numbers)
    if (last.state === undefined) return unproven('the pending bit cannot be read on this kernel', numbers)
    return held(
      `${full} had no vector left: the request was lost at the first interrupt, ${numbers.readBack} reads back, and all ${counted.total} interrupts came on CPU ${old}`,
      numbers,
    )
  },
}
