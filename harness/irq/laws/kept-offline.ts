/** A request is pending when the CPU that the irq is on goes offline: the kernel makes it then, with no interrupt. */
import { actsIn } from '../act-markers.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { Law, LawInput } from './law.ts'

/**
 * kernel/irq/cpuhotplug.c:migrate_one_irq takes the pending mask where there is one, "so the last change of the affinity
 * does not get lost", and kernel/irq/migration.c:irq_fixup_move_pending clears the pending bit (5.10 to 7.3). The trace does
 * not show that move: no tracepoint speaks on a CPU that is offline already (include/linux/tracepoint.h). Where the
 * interrupts come afterwards shows it.
 */
export const keptOffline: Law = {
  name: 'kept-offline',
  wording:
    'when the CPU of an irq goes offline, its pending request is made at once: effective is one CPU of the mask, the mask reads back, nothing is pending, and interrupts come there',
  judge(input: LawInput): Finding {
    const { move } = input
    const { before, write, hold } = move
    const last = move.batches.at(-1)?.after
    const { requested } = write
    if (before.effective.size !== 1)
      return unproven(`effective was ${before.effective.toList()}, not one CPU`)
    const old = before.effective.only()
    if (!wentOffline(input, old)) return unproven(`CPU ${old} did not go offline before the first probe`)
    if (hold === undefined) return unproven('nothing was held: silence was not asked for')
    const { ended } = hold
    const numbers = {
      old,
      requested: requested.toList(),
      effective: ended.effective.toList(),
      readBack: ended.readBack.toList(),
    }
    const counted = countedBetween(move.written, ended)
    if (counted.total > 0)
      return unproven(`interrupts came before the first probe: ${counted.words}`, numbers)
    if (ended.effective.size !== 1 || !ended.effective.isSubsetOf(requested))
      return violated(`CPU ${old} is gone, effective is ${numbers.effective || 'no CPU at all'}`, numbers)
    if (!ended.readBack.equals(requested))
      return violated(
        `${numbers.requested} was written, ${numbers.readBack || 'no CPU at all'} reads back`,
        numbers,
      )
    if (ended.state?.pending === true) return violated('the request was made and is still pending', numbers)
    if (last === undefined) return unproven('no probe was sent', numbers)
    const later = countedBetween(ended, last)
    if (later.total === 0) return unproven('no interrupt came', numbers)
    if (later.on(ended.effective.only()) !== later.total)
      return violated(`interrupts afterwards: ${later.words}`, numbers)
    if (!last.readBack.equals(requested) || !last.effective.equals(ended.effective))
      return violated(
        `in the end ${last.readBack.toList()} reads back, effective is ${last.effective.toList()}`,
        numbers,
      )
    if (ended.state === undefined) return unproven('the pending bit cannot be read on this kernel', numbers)
    return held(`CPU ${old} went offline, and with it the irq moved to CPU ${numbers.effective}`, numbers)
  },
}

function wentOffline({ run, trace }: LawInput, cpu: number): boolean {
  const from = trace.write?.index ?? Infinity
  const to = trace.probes[0]?.index ?? Infinity
  return actsIn(run.trace, 'offlined').some(
    ({ index, fields }) => fields['cpu'] === String(cpu) && index > from && index < to,
  )
}
