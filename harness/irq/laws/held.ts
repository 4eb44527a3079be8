/** Law 2: nothing moves before an interrupt fires, although the guest is alive and its neighbours move. */
import type { HoldEvidence } from '../move-evidence.ts'
import type { Trace } from '../trace.ts'
import { held as heldFinding, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { Law, LawInput } from './law.ts'
import { movedEarly } from './moved-early.ts'

/** kernel/irq/manage.c:irq_set_affinity_locked takes the deferred branch: irqd_set_move_pending, irq_copy_pending (5.10 to 7.3). */
export const held: Law = {
  name: 'held',
  wording:
    'until an interrupt of this irq fires the request stays pending: effective, counters and vector stay as they were',
  judge(input: LawInput): Finding {
    const { hold, before, written } = input.move
    const early = movedEarly(input)
    if (hold === undefined)
      return early === undefined
        ? unproven('nothing was held: silence was not asked for')
        : violated(early, { effectiveBefore: before.effective.toList() })
    const counted = countedBetween(before, hold.ended)
    const numbers = {
      heldSeconds: heldSeconds(input),
      effectiveBefore: before.effective.toList(),
      effectiveAfter: hold.ended.effective.toList(),
      interrupts: counted.total,
    }
    if (early !== undefined) return violated(early, numbers)
    if (counted.total > 0) return violated(`the counters grew (${counted.words}) with no interrupt`, numbers)
    const other = [hold.began, hold.ended].find(
      ({ readBack }) => !readBack.equals(input.move.write.requested),
    )
    if (other !== undefined)
      return violated(`${other.readBack.toList()} reads back with no interrupt`, numbers)
    for (const reading of [written, hold.began, hold.ended]) {
      if (reading.state === undefined)
        return unproven('the pending bit cannot be read on this kernel', numbers)
      if (!reading.state.pending)
        return violated('the request is not pending, and no interrupt has fired', numbers)
    }
    return proofOfLife(input, hold, numbers)
  },
}

function proofOfLife(
  input: LawInput,
  hold: HoldEvidence,
  numbers: Readonly<Record<string, number | string>>,
): Finding {
  const { holdBegan, holdEnded } = input.trace
  if (holdBegan === undefined || holdEnded === undefined)
    return unproven('the hold is not in the trace', numbers)
  const lasted = heldSeconds(input)
  if (lasted < hold.seconds)
    return unproven(`the hold lasted ${lasted} s instead of ${hold.seconds} s`, numbers)
  const alive = hold.neighbours.find(({ before, after }) => {
    const fired = countedBetween(before, after).total > 0
    const moved = !before.effective.equals(after.effective)
    return fired && moved && traced(input.run.trace, before.irq.number, holdBegan.index, holdEnded.index)
  })
  if (alive === undefined) return unproven('no neighbour fired and moved in the same window', numbers)
  return heldFinding(
    `nothing changed for ${lasted} s while ${alive.queue} went from CPU ${alive.before.effective.toList()} to ${alive.after.effective.toList()}`,
    numbers,
  )
}

function traced(trace: Trace, irq: number, from: number, to: number): boolean {
  const seen = (name: string) =>
    trace.events.slice(from, to).some((event) => event.name === name && event.fields['irq'] === String(irq))
  return seen('irq_handler_entry') && seen('vector_config')
}

/** Length of the hold by the guest's clock, in seconds with three digits; 0 when the trace does not show it. */
function heldSeconds({ trace }: LawInput): number {
  if (trace.holdBegan === undefined || trace.holdEnded === undefined) return 0
  return Math.round((trace.holdEnded.timeUs - trace.holdBegan.timeUs) / 1000) / 1000
}
