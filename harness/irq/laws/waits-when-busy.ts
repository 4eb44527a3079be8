/** With remapping: a write that meets the cleanup of the move before cannot be made at once, and waits for an interrupt. */
import type { TraceEvent } from '../trace-event.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { atTheWrite } from './at-the-write.ts'
import type { Law, LawInput } from './law.ts'

/**
 * assign_vector_locked says -EBUSY until the old vector is freed, and kernel/irq/manage.c:irq_set_affinity_locked then marks the
 * request pending; once one is, every later write is too, until an interrupt comes (5.10 to 7.3; 548183ea388c speaks of
 * "setting smp_affinity multiple times in quick succession"). Whether a write comes in time depends on the cleanup: an IPI up to
 * 6.5, which may even win while the write is under way, a timer of one jiffy since. So the trace decides which of the two is asked.
 */
export const waitsWhenBusy: Law = {
  name: 'waits-when-busy',
  wording:
    'with remapping, a write within the cleanup of the move before, or while a request is pending, stays pending until an interrupt makes it; any other is made at once',
  judge(input: LawInput): Finding {
    const { move, trace } = input
    const { requested } = move.write
    if (trace.write === undefined) return unproven('the trace does not show the request')
    const why = busyAt(input, trace.write)
    if (why === undefined) return atTheWrite.judge(input)
    const waiting = [move.written, ...(move.hold === undefined ? [] : [move.hold.began, move.hold.ended])]
    const last = move.batches.at(-1)?.after
    const numbers = {
      requested: requested.toList(),
      meanwhile: move.written.effective.toList(),
      effective: (last ?? move.written).effective.toList(),
    }
    if (waiting.some(({ state }) => state === undefined))
      return unproven('the pending bit cannot be read on this kernel', numbers)
    if (waiting.some(({ state }) => state?.pending === false))
      return violated(`${why}, and the request does not wait`, numbers)
    const moved = waiting.find(({ effective }) => !effective.equals(move.written.effective))
    const [config, first] = [trace.configs[0], trace.probes[0]]
    if (moved !== undefined || (config !== undefined && config.index < (first?.index ?? Infinity)))
      return violated(`${why}, and the irq moved with no interrupt`, numbers)
    if (last === undefined || trace.interrupts.length === 0) return unproven('no interrupt came', numbers)
    if (last.effective.size !== 1 || !last.effective.isSubsetOf(requested))
      return violated(`${requested.toList()} waited, effective is ${numbers.effective} in the end`, numbers)
    if (last.state?.pending !== false || !last.readBack.equals(requested))
      return violated(`${requested.toList()} was made and is still pending`, numbers)
    if (config?.hardirq === false) return violated('the move was not made by an interrupt', numbers)
    return held(`${why}: ${requested.toList()} waited for an interrupt, which made it`, numbers)
  },
}

/** Why the write could not be made at once, in words; undefined when it could. */
function busyAt({ run, move, trace }: LawInput, write: TraceEvent): string | undefined {
  if ((Number(write.fields['st'] ?? 0) & 0x100) !== 0) return 'a request was pending at the write'
  const irq = String(move.irq.number)
  const left = run.trace.events.findLast(
    ({ name, index, fields }) =>
      name === 'vector_update' &&
      fields['irq'] === irq &&
      index < write.index &&
      fields['prev_vector'] !== '0',
  )
  // The first time after it was left: the irq may come back to that vector, and leave it again.
  const freed = run.trace.events.find(
    ({ name, index, fields }) =>
      name === 'vector_free_moved' &&
      fields['irq'] === irq &&
      index > (left?.index ?? Infinity) &&
      fields['cpu'] === left?.fields['prev_cpu'] &&
      fields['vector'] === left?.fields['prev_vector'],
  )
  if (freed !== undefined && freed.index < write.index) return undefined
  // The vector is looked for after the probe at irq_set_affinity_locked: the cleanup may have come between.
  const made = trace.configs.find(({ hardirq }) => hardirq !== true)
  const inTime = freed !== undefined && made !== undefined && freed.index < made.index
  return freed === undefined || inTime
    ? undefined
    : `vector ${freed.fields['vector']} of CPU ${freed.fields['cpu']} was still to be freed`
}
