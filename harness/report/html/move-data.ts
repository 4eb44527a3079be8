/** One move as its picture needs it: bands, events, verdicts' moments; bounded, with times from the write on. */
import type { TraceEvent } from '../../irq/trace-event.ts'
import type { RunRecord } from '../../record/run-record.ts'
import { effectiveBands, pendingBands } from './bands.ts'
import { eventWords } from './event-words.ts'
import { moveSentence } from './move-sentence.ts'
import type { MoveWindow } from './move-window.ts'
import type { Band, EventData, MoveData, Span } from './report-data.ts'
import { vectorBands } from './vector-bands.ts'
import { momentOf } from './verdict-moments.ts'
import { viewsOf } from './views.ts'
import { shownText } from './without-paths.ts'

/** Of one move; a storm has many thousands. */
const EVENTS_MAX = 320
/** Of a line of the trace: what is longer is cut. */
const RAW_MAX = 180
/** Lanes of one picture: more cannot be told apart. */
const LANES_MAX = 16

/** The events that are kept, and what to say of the others. */
export interface Kept {
  readonly events: readonly TraceEvent[]
  readonly leftOut: string
}

/** All that is drawn of one move. */
export function moveData(window: MoveWindow): MoveData {
  const { move, begin, trace, run, written } = window
  const { events: all } = window
  const lastUs = Math.max(
    all.at(-1)?.timeUs ?? begin.timeUs,
    trace.holdEnded?.timeUs ?? 0,
    written?.timeUs ?? 0,
  )
  const endUs = lastUs + Math.max(50, (lastUs - begin.timeUs) * 0.02)
  const arrivals = new Set(window.arrivals)
  const { events: kept, leftOut } = bounded(all, arrivals)
  const since = (us: number) => us - begin.timeUs
  const cut = ({ cpus, span: [from, to] }: Band): Band => ({ cpus, span: [since(from), since(to)] })
  const stacks: (readonly string[])[] = []
  const events = kept.map((event): EventData => {
    const [kind, words, brief] = eventWords(event, move, arrivals.has(event))
    const stack = event.stack === undefined ? {} : { stack: placeOf(stacks, event.stack) }
    return {
      atUs: since(event.timeUs),
      cpu: event.cpu,
      kind,
      words,
      brief,
      raw: shownText(rawLine(event)),
      ...stack,
    }
  })
  const effective = effectiveBands(window, endUs)
  const vectors = vectorBands(window, endUs)
  const busy = new Set([
    ...effective.flatMap(({ cpus }) => cpus),
    ...vectors.map(({ cpu }) => cpu),
    ...events.filter(({ kind }) => isOfTheIrq(kind)).map(({ cpu }) => cpu),
    ...move.write.requested.cpus.filter((cpu) => run.onlineCpus.has(cpu)).slice(0, LANES_MAX / 2),
  ])
  const online = run.onlineCpus.cpus
  const lanes = (online.length <= 8 ? [...new Set([...online, ...busy])] : [...busy])
    .toSorted((a, b) => a - b)
    .slice(0, LANES_MAX)
  const laneless = online.filter((cpu) => !lanes.includes(cpu)).length
  const { holdBegan, holdEnded } = trace
  const first = events.findIndex(({ kind, stack }) => kind === 'set' && stack !== undefined)
  return {
    id: move.id,
    queue: move.queue,
    irq: move.irq.number,
    chip: move.irq.chip,
    requested: move.write.requested.toList(),
    form: move.write.form,
    from: move.before.effective.toList(),
    prediction: move.prediction.kind,
    why: move.prediction.why,
    sentence: moveSentence(window),
    lanes,
    quietCpus:
      laneless === 0 ? '' : `${laneless} more CPUs have no lane: nothing of this irq happened there.`,
    window: [0, since(endUs)],
    hold:
      holdBegan === undefined || holdEnded === undefined
        ? undefined
        : [since(holdBegan.timeUs), since(holdEnded.timeUs)],
    effective: effective.map(cut),
    pending: pendingBands(window, endUs).map(cut),
    vectors: vectors.map((one) => ({ ...one, span: [since(one.span[0]), since(one.span[1])] as Span })),
    events,
    leftOut,
    views: viewsOf(window, endUs).map((view) => ({
      ...view,
      span: [Math.max(since(view.span[0]), 0), Math.min(since(view.span[1]), since(endUs))] as Span,
      zeroUs: since(view.zeroUs),
    })),
    first:
      first >= 0
        ? first
        : Math.max(
            0,
            events.findIndex(({ stack }) => stack !== undefined),
          ),
    stacks,
  }
}

/** When the verdict of a law about this move was decided, in microseconds since the write. */
export function decidedAtUs(window: MoveWindow, verdict: RunRecord['verdicts'][number]): number | undefined {
  const moment = momentOf(window, verdict)
  return moment === undefined ? undefined : moment.timeUs - window.begin.timeUs
}

/** All of the acts and of the move; of many interrupts the first and the last. */
export function bounded(all: readonly TraceEvent[], arrivals: ReadonlySet<TraceEvent>): Kept {
  if (all.length <= EVENTS_MAX) return { events: all, leftOut: '' }
  const isTraffic = (event: TraceEvent) =>
    arrivals.has(event) || event.name === 'irq_handler_entry' || event.name === 'napi_gro_receive_entry'
  const rare = all.filter((event) => !isTraffic(event)).slice(0, EVENTS_MAX / 2)
  const traffic = all.filter(isTraffic)
  const room = EVENTS_MAX - rare.length
  const some = [...traffic.slice(0, Math.ceil(room * 0.75)), ...traffic.slice(-Math.floor(room * 0.25))]
  const events = [...new Set([...rare, ...some])].toSorted((a, b) => a.index - b.index)
  const interrupts = [...arrivals].filter((event) => !events.includes(event)).length
  return {
    events,
    leftOut: `${all.length - events.length} of ${all.length} events are left out here to keep this file small, ${interrupts} interrupts among them; trace.txt of the run has all of them.`,
  }
}

function isOfTheIrq(kind: EventData['kind']): boolean {
  return kind !== 'act' && kind !== 'probe' && kind !== 'write'
}

function rawLine({ comm, pid, flags, name, text }: TraceEvent): string {
  // Without the skb's address and what follows: nobody reads it.
  const short = name === 'napi_gro_receive_entry' ? text.replace(/ skbaddr=.*? len=/, ' … len=') : text
  const line = `${comm}-${pid} ${flags} ${name}: ${short}`
  return line.length > RAW_MAX ? `${line.slice(0, RAW_MAX)}…` : line
}

function placeOf(stacks: (readonly string[])[], stack: readonly string[]): number {
  const text = stack.join('\n')
  const known = stacks.findIndex((one) => one.join('\n') === text)
  return known >= 0 ? known : stacks.push(stack) - 1
}
