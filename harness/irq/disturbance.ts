/** Did anybody but us touch this irq? Then its evidence says nothing about the kernel, whatever it looks like. */
import type { MoveEvidence, RunEvidence } from './move-evidence.ts'
import type { MoveTrace } from './move-trace.ts'
import { requestCalls } from './request-calls.ts'
import type { TraceEvent } from './trace-event.ts'

/** Who disturbed the move, what they did and when; undefined when nobody did. */
export function disturbance(move: MoveEvidence, trace: MoveTrace): string | undefined {
  const written = foreignWrite(move, trace)
  if (written !== undefined) return written
  const ours = new Set(move.batches.flatMap((batch) => batch.sent.map(({ id }) => id)))
  const stray = trace.deliveries.find((event) => !ours.has(event.fields['len'] ?? ''))
  if (stray !== undefined) {
    return `a packet of ${stray.fields['len']} bytes that we did not send came to ${move.queue} at ${at(stray)}`
  }
  // With no probe at all, no interrupt is ours.
  const before = trace.probes[0]?.index ?? Infinity
  const early = trace.interrupts.find((event) => event.index < before)
  if (early !== undefined) {
    return `irq ${move.irq.number} fired on CPU ${early.cpu} at ${at(early)}, before any probe was sent`
  }
  return undefined
}

/** Who else wrote to the irq of this move, which mask and when; undefined when nobody did. */
export function foreignWrite(
  { irq }: MoveEvidence,
  { foreignWrites: [writer] }: MoveTrace,
): string | undefined {
  return writer === undefined ? undefined : wrote(writer, irq.number)
}

/**
 * Who wrote to the irq of this move before its window ended, and was not made to by an act of ours: what he asked for before
 * the window of a move is seen in it all the same. The mask was chosen for where the irq had been, a move of his may not
 * be over, or his request be the one that waits.
 */
export function strangersWrite(
  run: RunEvidence,
  { irq }: MoveEvidence,
  { end }: MoveTrace,
): string | undefined {
  const stranger = requestCalls(run, irq.number).find(
    ({ isStrangers, event }) => isStrangers && event.index < end,
  )
  return stranger === undefined ? undefined : wrote(stranger.event, irq.number)
}

/** That call of irq_set_affinity_locked in words: who, which mask and when. */
export function wrote(writer: TraceEvent, irq: number): string {
  return `${writer.comm}-${writer.pid} wrote mask ${writer.fields['mask']} to irq ${irq} at ${at(writer)}`
}

function at(event: TraceEvent): string {
  return `${(event.timeUs / 1e6).toFixed(6)} s`
}
