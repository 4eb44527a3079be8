/** Every call of irq_set_affinity_locked for one irq, by whomever: a write of ours, a driver's hint, a daemon. Pure. */
import { actsIn, type ActVerb } from './act-markers.ts'
import type { RunEvidence } from './move-evidence.ts'
import type { TraceEvent } from './trace-event.ts'

/** One such call, from its entry to its return. */
export interface RequestCall {
  /** The kprobe at its entry: nothing of the irq has changed yet. */
  readonly event: TraceEvent
  /**
   * Where the trace shows its return: everything is stored by then. Infinity of one that is not over in the trace; that of
   * the entry where this trace has no returns at all. In between a reader may see either mask: procfs takes no lock up to 7.1.
   */
  readonly end: number
  /** 0 is success; undefined where the trace does not show it. */
  readonly returned: number | undefined
  /** Of a write of ours its number. */
  readonly id: number | undefined
  /** Neither a write of ours nor made by a driver within an act of ours. */
  readonly isStrangers: boolean
}

/** Acts within which drivers write: their hints, when queues or CPUs come. */
const ACTS: readonly (readonly [ActVerb, ActVerb])[] = [
  ['offline', 'offlined'],
  ['online', 'onlined'],
  ['close', 'closed'],
  ['open', 'opened'],
  ['act', 'acted'],
]

/** The calls in the order of the trace. Throws nothing. */
export function requestCalls({ trace, moves }: RunEvidence, irq: number): readonly RequestCall[] {
  const [writes, written] = [actsIn(trace, 'write'), actsIn(trace, 'written')]
  const place = (marks: readonly TraceEvent[], id: number) =>
    marks.find(({ fields }) => fields['id'] === String(id))?.index ?? Infinity
  const own = moves
    .filter((move) => move.irq.number === irq)
    .map(({ id, write }) => ({ id, pid: write.pid, from: place(writes, id), to: place(written, id) }))
  const acts = ACTS.flatMap(([begin, end]) => {
    const ends = actsIn(trace, end)
    return actsIn(trace, begin).map(({ index }) => ({
      from: index,
      to: ends.find((other) => other.index > index)?.index ?? Infinity,
    }))
  })
  const returns = returnsIn(trace.events)
  return trace.events
    .filter(({ name, fields }) => name === 'set' && fields['irq'] === String(irq))
    .map((event) => {
      const { index, pid } = event
      const end = returns.get(event)
      const id = own.find((write) => index > write.from && index < write.to && pid === write.pid)?.id
      return {
        event,
        end: end?.index ?? (returns.size === 0 ? index : Infinity),
        returned: end === undefined ? undefined : Number(end.fields['ret']),
        id,
        isStrangers: id === undefined && !acts.some(({ from, to }) => index > from && index < to),
      }
    })
}

/** The return of each call: the next one of the same process, unless that calls again before. */
function returnsIn(events: readonly TraceEvent[]): ReadonlyMap<TraceEvent, TraceEvent> {
  const open = new Map<number, TraceEvent>()
  const returns = new Map<TraceEvent, TraceEvent>()
  for (const event of events) {
    if (event.name === 'set') open.set(event.pid, event)
    if (event.name !== 'setr') continue
    const call = open.get(event.pid)
    if (call !== undefined) returns.set(call, event)
    open.delete(event.pid)
  }
  return returns
}
