/** Every call of irq_set_affinity_locked for one irq, by whomever: a write of ours, a driver's hint, a daemon. Pure. */
import { actsIn, type ActVerb } from './act-markers.ts'
import type { RunEvidence } from './move-evidence.ts'
import type { Trace } from './trace.ts'
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
  /** Of a write of ours its number: one write(2) makes one call, and no other call of its process is ours. */
  readonly id: number | undefined
  /**
   * Neither a write of ours nor a driver's within an act of ours. Within one, a process that also writes at other times is
   * no driver.
   */
  readonly isStrangers: boolean
}

/** Acts within which drivers write, their hints, when queues or CPUs come; and a text that must be refused, and is not. */
const ACTS: readonly (readonly [ActVerb, ActVerb])[] = [
  ['input', 'written'],
  ['fill', 'filled'],
  ['offline', 'offlined'],
  ['online', 'onlined'],
  ['close', 'closed'],
  ['open', 'opened'],
  ['act', 'acted'],
]

/** A part of the trace in which an act of ours explains a call. */
interface Span {
  readonly from: number
  readonly to: number
}

const isWithin = (index: number, spans: readonly Span[]) =>
  spans.some(({ from, to }) => index > from && index < to)

/** The calls in the order of the trace. Throws nothing. */
export function requestCalls({ trace, moves }: RunEvidence, irq: number): readonly RequestCall[] {
  const sets = trace.events.filter(({ name }) => name === 'set')
  const returns = returnsIn(trace.events)
  const ids = ownWrites(trace, moves, sets)
  const acts = actSpans(trace)
  const isUnexplained = (event: TraceEvent) => !ids.has(event) && !isWithin(event.index, acts)
  const own = new Set(moves.map(({ write }) => write.pid))
  const strangers = new Set(
    sets.filter((event) => isUnexplained(event) && !own.has(event.pid)).map(({ pid }) => pid),
  )
  return sets
    .filter(({ fields }) => fields['irq'] === String(irq))
    .map((event) => {
      const end = returns.get(event)
      return {
        event,
        end: end?.index ?? (returns.size === 0 ? event.index : Infinity),
        returned: end === undefined ? undefined : Number(end.fields['ret']),
        id: ids.get(event),
        isStrangers: isUnexplained(event) || (!ids.has(event) && strangers.has(event.pid)),
      }
    })
}

/** The call that each write of ours made. */
function ownWrites(
  trace: Trace,
  moves: RunEvidence['moves'],
  sets: readonly TraceEvent[],
): ReadonlyMap<TraceEvent, number> {
  const places = (verb: 'write' | 'written') =>
    new Map(actsIn(trace, verb).map(({ fields, index }) => [fields['id'], index]))
  const [begins, ends] = [places('write'), places('written')]
  return new Map(
    moves.flatMap(({ id, irq, write: { pid } }) => {
      const from = begins.get(String(id)) ?? Infinity
      const to = ends.get(String(id)) ?? Infinity
      const call = sets.find(
        (event) =>
          event.index > from &&
          event.index < to &&
          event.pid === pid &&
          event.fields['irq'] === String(irq.number),
      )
      return call === undefined ? [] : [[call, id]]
    }),
  )
}

function actSpans(trace: Trace): readonly Span[] {
  return ACTS.flatMap(([begin, end]) => {
    const ends = actsIn(trace, end)
    return actsIn(trace, begin).map(({ index }) => ({
      from: index,
      to: ends.find((other) => other.index > index)?.index ?? Infinity,
    }))
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
