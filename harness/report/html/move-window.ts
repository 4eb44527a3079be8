/** Which part of a trace belongs to one write, and what of it is about its irq? */
import { actsIn } from '../../irq/act-markers.ts'
import type { MoveEvidence, RunEvidence } from '../../irq/move-evidence.ts'
import { deliveriesIn, type MoveTrace, moveTrace } from '../../irq/move-trace.ts'
import type { TraceEvent } from '../../irq/trace-event.ts'
import { type Tenure, vectorLedger } from '../../irq/vector-ledger.ts'

/** Marks of every irq's window: CPUs that go and come are no matter of one irq. */
const OF_ALL = new Set(['offline', 'offlined', 'online', 'onlined', 'fill', 'filled', 'act', 'acted'])
const OF_THIS_IRQ = new Set([
  'write',
  'written',
  'input',
  'hold',
  'hold-end',
  'close',
  'closed',
  'open',
  'opened',
])

/** One move with everything that its picture is drawn from. */
export interface MoveWindow {
  readonly run: RunEvidence
  readonly move: MoveEvidence
  readonly trace: MoveTrace
  /** Our mark right before write(2): time zero. */
  readonly begin: TraceEvent
  /** Our mark right after it. */
  readonly written: TraceEvent | undefined
  /** Events of this irq, of its vectors and of our acts, in order, from `begin` on. */
  readonly events: readonly TraceEvent[]
  /** Interrupts, each where it was counted: their acknowledge, or the handler where none is traced. */
  readonly arrivals: readonly TraceEvent[]
  /** Vectors that this irq had over the whole run; none where our probes on them are not in the trace. */
  readonly tenures: readonly Tenure[]
}

/** Cuts the trace. Undefined when the trace does not show the write. */
export function moveWindow(run: RunEvidence, move: MoveEvidence): MoveWindow | undefined {
  const { events } = run.trace
  const ofMove = ({ fields }: TraceEvent) => fields['id'] === String(move.id)
  const begin = [...actsIn(run.trace, 'write'), ...actsIn(run.trace, 'input')].find(ofMove)
  if (begin === undefined) return undefined
  const written = actsIn(run.trace, 'written').find(ofMove)
  const irq = String(move.irq.number)
  const next = actsIn(run.trace, 'write').find(
    (event) => event.index > begin.index && event.fields['irq'] === irq && !ofMove(event),
  )
  const end = actsIn(run.trace, 'body-end')[0] ?? actsIn(run.trace, 'closing')[0]
  const window = events.slice(begin.index, next?.index ?? end?.index ?? events.length)
  const trace = moveTrace(run, move)
  // Without our probes on vectors the ledger would know of the first alone.
  const { tenures } = events.some(({ name }) => name === 'taken')
    ? vectorLedger(run.trace, move.irq.number)
    : { tenures: [] }
  const own = new Set(tenures.map(({ given }) => given))
  const deliveries = new Set(deliveriesIn(window, move.stimulus))
  const answer = window.find(
    ({ name, pid, index }) =>
      name === 'setr' && pid === move.write.pid && index > (trace.write?.index ?? Infinity),
  )
  const kept = window.filter((event) => {
    if (event.name === 'tracing_mark_write') return isOurAct(event, move)
    return event.fields['irq'] === irq || event === answer || own.has(event) || deliveries.has(event)
  })
  return {
    run,
    move,
    trace,
    begin,
    written,
    events: kept,
    arrivals: trace.acks.length > 0 ? trace.acks : trace.interrupts,
    tenures,
  }
}

/** The verb of one of our own marks; undefined of any other event. */
export function actVerb({ name, text }: TraceEvent): string | undefined {
  return name === 'tracing_mark_write' ? /^irqlab ([\w-]+)/.exec(text)?.[1] : undefined
}

function isOurAct(event: TraceEvent, { id, irq }: MoveEvidence): boolean {
  const verb = actVerb(event)
  if (verb === undefined) return false
  const { fields } = event
  if (OF_ALL.has(verb)) return true
  if (OF_THIS_IRQ.has(verb))
    return fields['id'] === undefined ? fields['irq'] === String(irq.number) : fields['id'] === String(id)
  const irqs = fields['irq'] ?? ''
  return verb === 'probe' && (irqs === 'any' || irqs.split('+').includes(String(irq.number)))
}
