/** Law 7: no interrupt is lost by moving: every probe arrives in the guest. */
import type { ProbeBatch, Stimulus } from '../move-evidence.ts'
import type { TraceEvent } from '../trace-event.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { Law, LawInput } from './law.ts'

/**
 * napi_gro_receive traces every packet with its queue (net/core/dev.c in 5.10, net/core/gro.c in 6.1 to 7.3). What came
 * through a port or from a disk is told by the guest's reader, in order.
 */
export const delivered: Law = {
  name: 'delivered',
  wording:
    'every probe that was sent is received: a datagram on its queue, a byte or a sector in its place, and nothing else with them',
  judge({ move, trace }: LawInput): Finding {
    return receipt(move.stimulus, move.batches, trace.deliveries)
  },
}

/** What became of these probes; `deliveries` are the packets that reached the queue. `alive` judges by it too. */
export function receipt(
  stimulus: Stimulus,
  batches: readonly ProbeBatch[],
  deliveries: readonly TraceEvent[],
): Finding {
  const sent = batches.flatMap((batch) => batch.sent)
  const taken = batches.reduce((sum, batch) => sum + batch.taken, 0)
  if (sent.length === 0) return unproven('no probe was sent', { sent: 0, taken, received: 0 })
  const { received, garbled } =
    stimulus.kind === 'datagram' ? byTrace(batches, deliveries) : byReader(batches)
  const numbers = { sent: sent.length, taken, received }
  if (garbled !== undefined) return violated(garbled, numbers)
  if (received === sent.length) return held(`${sent.length} probes sent, all received`, numbers)
  // What QEMU never took was lost on our side.
  if (taken < sent.length) return unproven(`QEMU took ${taken} of ${sent.length} probes`, numbers)
  return violated(`${sent.length - received} of ${sent.length} probes were never received`, numbers)
}

interface Arrivals {
  readonly received: number
  /** What came instead of what was sent, in one sentence. */
  readonly garbled?: string
}

function byTrace(batches: readonly ProbeBatch[], deliveries: readonly TraceEvent[]): Arrivals {
  const seen = new Set(deliveries.map((event) => event.fields['len']))
  return { received: batches.flatMap(({ sent }) => sent).filter(({ id }) => seen.has(id)).length }
}

function byReader(batches: readonly ProbeBatch[]): Arrivals {
  const received = batches.reduce((sum, batch) => sum + (batch.received?.length ?? 0), 0)
  const wrong = batches.find((batch) => isGarbled(batch))
  return wrong === undefined
    ? { received }
    : { received, garbled: `${idsOf(wrong)} was sent, ${wrong.received?.join('')} was received` }
}

/** A gap at the end is a loss; anything else than the beginning of what was sent is not what was sent. */
function isGarbled(batch: ProbeBatch): boolean {
  return !idsOf(batch).startsWith(batch.received?.join('') ?? '')
}

function idsOf({ sent }: ProbeBatch): string {
  return sent.map(({ id }) => id).join('')
}
