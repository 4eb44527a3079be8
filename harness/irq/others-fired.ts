/**
 * Did somebody else fire an irq of a machine that is not ours, or write to it? Then nothing that was seen of it in this run accuses its kernel:
 * a verdict that would is unproven, and says who disturbed it. Pure.
 */
import type { RunEvidence } from './move-evidence.ts'
import type { TraceEvent } from './trace-event.ts'
import type { Verdict } from './verdict.ts'

/** The verdicts, none of them `violated` for an irq that others fired or wrote to. */
export function unlessOthersFired(run: RunEvidence, verdicts: readonly Verdict[]): readonly Verdict[] {
  return verdicts.map((verdict) => {
    if (verdict.state !== 'violated') return verdict
    const disturbed = othersFired(run, verdict.irq)
    if (disturbed === undefined) return verdict
    return {
      ...verdict,
      state: 'unproven',
      sentence: `disturbed: ${disturbed}; otherwise it would be a violation: ${verdict.sentence}`,
      numbers: { ...verdict.numbers, disturbed },
    }
  })
}

/** Who did, in words; undefined when every write is ours, and every interrupt has a datagram of ours. */
function othersFired({ trace, moves, irqs }: RunEvidence, number: number): string | undefined {
  const pids = new Set(moves.map(({ write }) => write.pid))
  const writer = trace.events.find(
    ({ name, fields, pid }) => name === 'set' && fields['irq'] === String(number) && !pids.has(pid),
  )
  if (writer !== undefined)
    return `${writer.comm}-${writer.pid} wrote mask ${writer.fields['mask']} to irq ${number} at ${seconds(writer)}`
  const own = [...moves, ...irqs].filter(({ irq }) => irq.number === number)
  const [first] = own
  if (first?.stimulus.kind !== 'datagram') return undefined
  const batches = own.flatMap((one) => ('batches' in one ? one.batches : one.closing))
  const ours = new Set(batches.flatMap(({ sent }) => sent.map(({ id }) => id)))
  // skb's queue_mapping is the rx queue plus one (net/core/dev.c:skb_record_rx_queue).
  const queue = first.stimulus.queueIndex
  const arrived = trace.events.filter(
    ({ name, fields }) =>
      name === 'napi_gro_receive_entry' && (queue === 'any' || fields['queue_mapping'] === String(queue + 1)),
  )
  const stray = arrived.find(({ fields }) => !ours.has(fields['len'] ?? ''))
  if (stray !== undefined)
    return `a packet of ${stray.fields['len']} bytes that we did not send came to ${first.queue} at ${seconds(stray)}`
  const fired = trace.events.filter(
    ({ name, fields }) => name === 'irq_handler_entry' && fields['irq'] === String(number),
  ).length
  return fired > arrived.length
    ? `irq ${number} fired ${fired} times in this run, for ${arrived.length} datagrams of ours`
    : undefined
}

function seconds({ timeUs }: TraceEvent): string {
  return `${(timeUs / 1e6).toFixed(6)} s`
}
