/** What happened to one irq over a whole run, in the order of the trace: readings, requests, arrivals, moves, upheavals. */
import { actsIn } from './act-markers.ts'
import { CpuMask } from './cpu-mask.ts'
import type { IrqEvidence } from './irq-evidence.ts'
import type { RunEvidence } from './move-evidence.ts'
import type { Reading } from './reading.ts'
import { requestCalls } from './request-calls.ts'
import type { Trace } from './trace.ts'
import type { TraceEvent } from './trace-event.ts'

/** MANAGED_IRQ_SHUTDOWN_VECTOR (arch/x86/include/asm/irq_vectors.h): a reservation, not a move. */
export const RESERVED_VECTOR = '239'
/** -ENOSPC, as vector_alloc shows it. */
const NO_VECTOR = '-28'
/** As many CPUs as the kprobe on irq_set_affinity_locked fetches of a mask. */
const FETCHED_CPUS = 64

/** A reading with its place: what stands before `from` had happened, what stands after `to` had not. */
export interface PlacedReading {
  readonly reading: Reading
  readonly from: number
  readonly to: number
  /** The irq had been started and not shut down: else effective may be anything (kernel/irq/manage.c:irq_set_affinity_deactivated). */
  readonly isActive: boolean
}

/** One call of irq_set_affinity_locked that succeeded, by whomever: a write, a driver's hint, a daemon. */
export interface Request {
  readonly event: TraceEvent
  /** Where the call returned: a reading that ends after `event` and begins before this may show it made, or not. */
  readonly end: number
  /** Undefined when the trace does not show it. */
  readonly mask: CpuMask | undefined
  /** The mask in words. */
  readonly words: string
  /** Of a write of ours its number. */
  readonly id: number | undefined
  /** A request was pending already. */
  readonly wasPending: boolean
  /** What it returned; 0 is success. */
  readonly returned: number
  /**
   * Where the trace shows that no vector was found for it, when an interrupt tried: the kernel forgets such a request
   * (kernel/irq/migration.c:irq_move_masked_irq tries again only after -EBUSY, 5.10 to 7.3). Infinity of any other.
   */
  readonly droppedAt: number
}

/** The hardware was set to a CPU and a vector: by vector_config, or, on a CPU that goes offline, by our kprobe alone. */
export interface Programmed {
  readonly event: TraceEvent
  readonly cpu: number
  readonly vector: number
}

/** The history of one irq. Events are in the order of the trace. */
export interface IrqHistory {
  readonly readings: readonly PlacedReading[]
  /** A reading whose marks the trace does not show, if there is one. */
  readonly unmarked: Reading | undefined
  readonly requests: readonly Request[]
  /** Where interrupts arrived: at their acknowledge, or at their handler where that cannot be traced. */
  readonly arrivals: readonly TraceEvent[]
  /** irq_handler_entry with the action of this irq. */
  readonly handlers: readonly TraceEvent[]
  /** irq_move_masked_irq, entered for this irq. */
  readonly moves: readonly TraceEvent[]
  readonly configs: readonly TraceEvent[]
  /** vector_update of this irq, but for reservations. */
  readonly updates: readonly TraceEvent[]
  readonly programmed: readonly Programmed[]
  readonly upheavals: readonly Upheaval[]
  /** The move before `index` is not over: its old vector was not given back yet. */
  readonly isBusy: (index: number) => boolean
}

/** An act that moves irqs by other ways than a request: a CPU goes or comes, a handler goes or comes. */
export interface Upheaval {
  readonly kind: 'cpu' | 'handler'
  readonly verb: 'offline' | 'online' | 'close' | 'open'
  /** The CPU that went or came; NaN of a handler. */
  readonly cpu: number
  readonly from: number
  /** Infinity when its end is not in the trace. */
  readonly to: number
}

/** Sorts the trace for one irq. Throws nothing: what is not there is empty, and the laws say so. */
export function irqHistory(run: RunEvidence, evidence: IrqEvidence): IrqHistory {
  const { trace } = run
  const irq = String(evidence.irq.number)
  const own = trace.events.filter(({ fields }) => fields['irq'] === irq)
  const named = (name: string) => own.filter((event) => event.name === name)
  const acks = own.filter(({ name }) => name === 'ack' || name === 'ack_remapped')
  const handlers = named('irq_handler_entry').filter(
    ({ fields }) => evidence.irq.action === '' || fields['name'] === evidence.irq.action,
  )
  const isVector = ({ fields }: TraceEvent) =>
    fields['vector'] !== RESERVED_VECTOR && fields['vector'] !== '0'
  const configs = named('vector_config').filter(isVector)
  const updates = named('vector_update').filter(isVector)
  const { placed, unmarked } = placeReadings(trace, evidence.readings)
  const leaving = updates.filter(({ fields }) => (fields['prev_vector'] ?? '0') !== '0')
  const freedAt = freedPlaces(trace, leaving)
  return {
    readings: placed,
    unmarked,
    requests: requestsIn(run, evidence, named('vector_alloc')),
    arrivals: acks.length > 0 ? acks : handlers,
    handlers,
    moves: named('move'),
    configs,
    updates,
    programmed: programmedIn(configs, named('taken').filter(isVector)),
    upheavals: upheavalsIn(trace, irq),
    isBusy: (index) => {
      const last = leaving.findLast((update) => update.index < index)
      return last !== undefined && (freedAt.get(last) ?? Infinity) > index
    },
  }
}

/** The upheaval, of this kind if one is named, that touches what lies between these places of the trace. */
export function upheavalIn(
  { upheavals }: IrqHistory,
  from: number,
  to: number,
  kind?: Upheaval['kind'],
): Upheaval | undefined {
  return upheavals.find(
    (upheaval) => upheaval.from < to && upheaval.to > from && (kind ?? upheaval.kind) === upheaval.kind,
  )
}

/** True while a move was being made during the reading: what was read first is older than what was read last. */
export function isMoving({ moves, handlers }: IrqHistory, { from, to }: PlacedReading): boolean {
  return moves.some(({ index, cpu }) => {
    const end = handlers.find((handler) => handler.cpu === cpu && handler.index > index)?.index ?? Infinity
    return index < to && end > from
  })
}

/** True while somebody was asking during the reading: what it shows of mask and CPU may be from before or after the request. */
export function isAsking({ requests }: IrqHistory, { from, to }: PlacedReading): boolean {
  return requests.some(({ event, end }) => event.index < to && end > from)
}

/** The last time that the hardware was set before this place of the trace. */
export function programmedAt({ programmed }: IrqHistory, index: number): Programmed | undefined {
  return programmed.findLast(({ event }) => event.index < index)
}

/** Where in the trace the vector that each of these moves left was given back. */
function freedPlaces(trace: Trace, updates: readonly TraceEvent[]): ReadonlyMap<TraceEvent, number> {
  const waiting = new Map<string, TraceEvent>()
  const places = new Map<TraceEvent, number>()
  const moves = new Set(updates)
  for (const event of trace.events) {
    const { name, fields } = event
    if (moves.has(event)) waiting.set(`${fields['prev_cpu']}.${fields['prev_vector']}`, event)
    if (name !== 'given' && name !== 'vector_free_moved') continue
    const slot = `${fields['cpu']}.${fields[name === 'given' ? 'bit' : 'vector']}`
    const left = waiting.get(slot)
    if (left !== undefined) places.set(left, event.index)
    waiting.delete(slot)
  }
  return places
}

function placeReadings(
  trace: Trace,
  readings: readonly Reading[],
): { readonly placed: readonly PlacedReading[]; readonly unmarked: Reading | undefined } {
  const places = (verb: 'reading' | 'read') =>
    new Map(actsIn(trace, verb).map(({ fields, index }) => [fields['mark'], index]))
  const [began, ended] = [places('reading'), places('read')]
  const placed: PlacedReading[] = []
  let unmarked: Reading | undefined
  for (const reading of readings) {
    const [from, to] = [began.get(reading.mark), ended.get(reading.mark)]
    if (from === undefined || to === undefined) unmarked ??= reading
    else placed.push({ reading, from, to, isActive: reading.state?.activated !== false })
  }
  return { placed: placed.toSorted((a, b) => a.from - b.from), unmarked }
}

function requestsIn(
  run: RunEvidence,
  { irq, readings }: IrqEvidence,
  allocs: readonly TraceEvent[],
): readonly Request[] {
  const cpus = readings[0]?.counts.length ?? 0
  const calls = requestCalls(run, irq.number)
  return calls.map(({ event, end, returned, id }, at) => {
    const own = run.moves.find((move) => move.id === id)?.write.requested
    const mask = own ?? (cpus > FETCHED_CPUS ? undefined : fetchedMask(event.fields['mask']))
    return {
      event,
      end,
      mask,
      words: mask?.toList() ?? event.fields['mask'] ?? 'a mask unseen',
      id,
      wasPending: (Number(event.fields['st'] ?? 0) & 0x100) !== 0,
      returned: returned ?? 0,
      droppedAt:
        allocs.find(
          ({ index, fields, hardirq }) =>
            index > event.index &&
            index < (calls[at + 1]?.event.index ?? Infinity) &&
            hardirq !== false &&
            fields['ret'] === NO_VECTOR,
        )?.index ?? Infinity,
    }
  })
}

function fetchedMask(text = ''): CpuMask | undefined {
  // A fetch that failed is shown as (fault).
  if (!/^0x[0-9a-f]+$/.test(text)) return undefined
  const bits = BigInt(text)
  return CpuMask.of(
    ...Array.from({ length: FETCHED_CPUS }, (_, cpu) => cpu).filter((cpu) => (bits >> BigInt(cpu)) & 1n),
  )
}

/** Both speak of the same act, the kprobe first; one of them may be missing. */
function programmedIn(configs: readonly TraceEvent[], taken: readonly TraceEvent[]): readonly Programmed[] {
  const all = [...configs, ...taken].map((event) => ({
    event,
    cpu: Number(event.fields['cpu']),
    vector: Number(event.fields['vector']),
  }))
  return all.toSorted((a, b) => a.event.index - b.event.index)
}

const UPHEAVALS = [
  ['offline', 'offlined', 'cpu'],
  ['online', 'onlined', 'cpu'],
  ['close', 'closed', 'handler'],
  ['open', 'opened', 'handler'],
] as const

function upheavalsIn(trace: Trace, irq: string): readonly Upheaval[] {
  return UPHEAVALS.flatMap(([begin, end, kind]) => {
    const mine = ({ fields }: TraceEvent) => kind === 'cpu' || fields['irq'] === irq
    const ends = actsIn(trace, end).filter(mine)
    return actsIn(trace, begin)
      .filter(mine)
      .map(({ index: from, fields }) => ({
        kind,
        verb: begin,
        cpu: kind === 'cpu' ? Number(fields['cpu']) : Number.NaN,
        from,
        to: ends.find(({ index }) => index > from)?.index ?? Infinity,
      }))
  }).toSorted((a, b) => a.from - b.from)
}
