/** Nothing is lost under load: what was sent to an irq's device came there once, in the order in which it was sent. */
import { actsIn } from '../act-markers.ts'
import type { MoveEvidence, ProbeBatch } from '../move-evidence.ts'
import { deliveriesIn } from '../move-trace.ts'
import type { Trace } from '../trace.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { Law, LawInput } from './law.ts'

/**
 * One queue is polled by one CPU at a time, and takes its packets in their order wherever that is (net/core/dev.c, NAPI;
 * napi_gro_receive traces each with its queue, 5.10 to 7.3). Each datagram is told by its length, in turn.
 */
export const inOrder: Law = {
  name: 'in-order',
  wording:
    'over the whole run everything that was sent to this irq is received once, in the order in which it was sent, however the irq moves meanwhile',
  judge({ run, move }: LawInput): Finding {
    const own = run.moves.filter(({ irq }) => irq.number === move.irq.number)
    const batches = own.flatMap((one) => one.batches.map((batch) => ({ batch, move: one })))
    const sent = batches.reduce((sum, { batch }) => sum + batch.sent.length, 0)
    const taken = batches.reduce((sum, { batch }) => sum + batch.taken, 0)
    const numbers = { batches: batches.length, sent, taken }
    if (sent === 0) return unproven('nothing was sent', numbers)
    for (const { batch, move: one } of batches) {
      const received = receivedOf(batch, one, run.trace)
      if (received === undefined)
        return unproven(`the trace does not show where batch ${batch.mark} began`, numbers)
      const ids = batch.sent.map(({ id }) => id)
      const at = ids.findIndex((id, index) => received[index] !== id)
      if (at === -1 && received.length === ids.length) continue
      const missing = ids.length - received.length
      if (missing > 0 && batch.taken < ids.length) {
        // It took the first of them: those at least must have come. A queue that the guest no longer hears is soon full.
        const lost = batch.taken - received.length
        if (lost > 0)
          return violated(
            `${lost} of the ${batch.taken} of ${ids.length} that QEMU took were never received`,
            numbers,
          )
        return unproven(`QEMU took ${batch.taken} of ${ids.length} datagrams`, numbers)
      }
      if (missing > 0)
        return violated(
          `${missing} of ${ids.length} were never received, the first is number ${at + 1}`,
          numbers,
        )
      const place = at === -1 ? ids.length : at
      return violated(
        `number ${place + 1} of ${ids.length} is ${ids[place] ?? 'none'}, and ${received[place] ?? 'nothing'} was received`,
        numbers,
      )
    }
    return held(`${sent} were sent in ${batches.length} batches, and received in that order`, numbers)
  },
}

/** What came in the window of a batch; undefined when the trace does not show its begin. */
function receivedOf(
  { mark, received }: ProbeBatch,
  { irq, stimulus }: MoveEvidence,
  trace: Trace,
): readonly string[] | undefined {
  if (stimulus.kind !== 'datagram') return received ?? []
  const probes = actsIn(trace, 'probe').filter(({ fields }) => concerns(fields['irq'], irq.number))
  const at = probes.findIndex(({ fields }) => fields['batch'] === String(mark))
  const begin = probes[at]
  if (begin === undefined) return undefined
  return deliveriesIn(trace.events.slice(begin.index, probes[at + 1]?.index), stimulus).map(
    ({ fields }) => fields['len'] ?? '',
  )
}

/** A mark names its irqs as `28+30`, or `any` while it is not known which queue will be hit. */
function concerns(irqs: string | undefined, irq: number): boolean {
  return irqs === 'any' || irqs?.split('+').includes(String(irq)) === true
}
