/**
 * The lines that irqlab writes into the guest's trace around each of its acts, so that user and kernel events share
 * one order: `irqlab write id=3 irq=28 mask=2 pid=156`. Formatting and reading live together here.
 */
import type { Trace } from './trace.ts'
import type { TraceEvent } from './trace-event.ts'

/**
 * `fill`, `filled`: around taking the vectors of a CPU. `write`, `written`: around write(2). `input`: before write(2) of a text that
 * must be refused; `written` follows it. `hold`, `hold-end`: around a hold. `probe`: before a datagram is sent. `offline`,
 * `offlined`, `online`, `onlined`: around the act on a CPU. `close`, `closed`, `open`, `opened`: around that on a device. `defer`,
 * `allow`: before interrupts of the NIC are, or are no more, replaced by polling.
 * `reading`, `read`: around a reading of one irq. `act`, `acted`: around any other act, which `what=` names.
 * `body-end`: what follows undoes acts. `closing`: that is over, and what follows is asked of every scenario.
 */
export type ActVerb =
  | 'write'
  | 'written'
  | 'input'
  | 'hold'
  | 'hold-end'
  | 'probe'
  | 'scenario'
  | 'scenario-end'
  | 'offline'
  | 'offlined'
  | 'online'
  | 'onlined'
  | 'close'
  | 'closed'
  | 'open'
  | 'opened'
  | 'act'
  | 'acted'
  | 'body-end'
  | 'defer'
  | 'allow'
  | 'reading'
  | 'read'
  | 'closing'
  | 'fill'
  | 'filled'

/** The payload of one marker. */
export function actMarker(verb: ActVerb, fields: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${value}`)
  return ['irqlab', verb, ...pairs].join(' ')
}

/** The markers of one verb, in order. */
export function actsIn(trace: Trace, verb: ActVerb): readonly TraceEvent[] {
  const head = `irqlab ${verb}`
  return trace.events.filter(
    (event) =>
      event.name === 'tracing_mark_write' && (event.text === head || event.text.startsWith(`${head} `)),
  )
}
