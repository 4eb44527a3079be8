/** Where was an irq at each of its interrupts? A walk through the trace of a run, from one vector to the next. */
import { assert } from '../../base/errors.ts'
import { actsIn } from '../act-markers.ts'
import type { CpuMask } from '../cpu-mask.ts'
import { irqState } from '../irq-state.ts'
import type { MoveEvidence, RunEvidence } from '../move-evidence.ts'
import { requestCalls } from '../request-calls.ts'
import type { TraceEvent } from '../trace-event.ts'

/** MANAGED_IRQ_SHUTDOWN_VECTOR (arch/x86/include/asm/irq_vectors.h): a reservation, not a move. */
const RESERVED_VECTOR = '239'

/** What the walk found. */
export interface Flips {
  /** The first thing that must not be, in one sentence. */
  readonly wrong: string | undefined
  /** Somebody else wrote to this irq: who and when. */
  readonly foreign: string | undefined
  readonly flips: number
  /** Interrupts acknowledged since the first request. */
  readonly arrivals: number
  /** Those of them that came to a CPU that had been left. */
  readonly stragglers: number
  /** Those that came to a new CPU after a move. */
  readonly afterFlip: number
  /** Where the irq is in the end. */
  readonly cpu: number
  /** Interrupts handled on a CPU from the begin of the first write to the end of the last reading; those that the kernel counts. */
  readonly handledAtMost: (cpu: number) => number
  /** The same from the end of the first write to the begin of the last reading. */
  readonly handledAtLeast: (cpu: number) => number
}

/** Walks through the trace from the first of the irq's requests on; all of the moves are of one irq, in order. */
export function walkFlips(run: RunEvidence, moves: readonly MoveEvidence[]): Flips {
  const { trace } = run
  const [first] = moves
  assert(first !== undefined, 'a move to begin with')
  const irq = String(first.irq.number)
  const of = (verb: 'write' | 'written') =>
    actsIn(trace, verb).find(({ fields }) => fields['id'] === String(first.id))?.index ?? Infinity
  const [begin, written] = [of('write'), of('written')]
  const events = trace.events.filter(({ index, fields }) => index > begin && fields['irq'] === irq)
  // Not every kernel lets apic_ack_irq be traced: 6.1 does not. Then only the handler tells that an interrupt came.
  const hasAcks = events.some(isAck)
  const walk = new Walk(first.before.effective.only(), moves, hasAcks)
  // What a stranger asked for before our first write may move the irq after the reading that the walk starts from.
  const early = requestCalls(run, first.irq.number).find(
    ({ isStrangers, event }) => isStrangers && event.index < begin,
  )
  if (early !== undefined) walk.stranger(early.event)
  for (const event of events) walk.step(event)
  const handled = hasAcks ? handledAmong(events) : events.filter(({ name }) => name === 'irq_handler_entry')
  const on = (from: number, to: number) => (cpu: number) =>
    handled.filter((event) => event.cpu === cpu && event.index > from && event.index < to).length
  // What is asked of every irq in the end fires this one again, after that reading.
  const last = moves.flatMap(({ batches }) => batches.map(({ after }) => after)).at(-1)
  const mark = (verb: 'reading' | 'read') =>
    last?.mark === undefined
      ? Infinity
      : (actsIn(trace, verb).find(({ fields }) => fields['mark'] === last.mark)?.index ?? Infinity)
  return {
    ...walk.found,
    handledAtMost: on(begin, mark('read')),
    // A handler may run once more for an interrupt that was sent away uncounted.
    handledAtLeast: hasAcks ? on(written, mark('reading')) : () => 0,
  }
}

class Walk {
  readonly #moves: readonly MoveEvidence[]
  #cpu: number
  /** The CPU left by the last move, until something came from it. */
  #left: number | undefined
  #requested: CpuMask | undefined
  #movedFor = false
  /** The old vector of the last move is still to be freed: another move is refused. */
  #inCleanup = false
  /** It was when the last request was made: then that has to wait, with remapping too. */
  #mustWait = true
  /** With remapping: who asks, moves. */
  readonly #isImmediate: boolean
  readonly #hasAcks: boolean
  /** An interrupt that had to move the irq. */
  #due: TraceEvent | undefined
  #written: MoveEvidence | undefined
  #writer: number | undefined
  #wrong: string | undefined
  #foreign: string | undefined
  #flips = 0
  #arrivals = 0
  #stragglers = 0
  #afterFlip = 0

  constructor(cpu: number, moves: readonly MoveEvidence[], hasAcks: boolean) {
    this.#hasAcks = hasAcks
    this.#cpu = cpu
    this.#moves = moves
    this.#isImmediate = moves[0]?.prediction.kind === 'immediate'
    this.#written = moves[0]
  }

  get found() {
    return {
      wrong: this.#wrong,
      foreign: this.#foreign,
      flips: this.#flips,
      arrivals: this.#arrivals,
      stragglers: this.#stragglers,
      afterFlip: this.#afterFlip,
      cpu: this.#cpu,
    }
  }

  /** Somebody else wrote: from here on the walk knows no more where the irq should be. */
  stranger(event: TraceEvent): void {
    this.#foreign ??= `${event.comm}-${event.pid} wrote mask ${event.fields['mask']} at ${at(event)}`
  }

  step(event: TraceEvent): void {
    if (event.name === 'tracing_mark_write') this.#mark(event)
    else if (event.name === 'set') this.#request(event)
    else if (event.name === 'vector_config' && event.fields['vector'] !== RESERVED_VECTOR) this.#move(event)
    else if (event.name === 'vector_free_moved') this.#inCleanup = false
    else if (isAck(event)) this.#arrive(event)
    else if (event.name === 'irq_handler_entry' && this.#hasAcks) this.#overdue(event)
    else if (event.name === 'irq_handler_entry') this.#arrive(event)
  }

  #mark(event: TraceEvent): void {
    const { text, fields } = event
    if (text.startsWith('irqlab written ')) this.#atReturn(event)
    if (!text.startsWith('irqlab write ')) return
    this.#written = this.#moves.find(({ id }) => String(id) === fields['id'])
  }

  /** With remapping nothing is left to do when the write returns (drivers/iommu/intel/irq_remapping.c:intel_ir_set_affinity). */
  #atReturn(event: TraceEvent): void {
    const isDone = this.#movedFor || this.#requested?.has(this.#cpu) !== false
    if (this.#isImmediate && !this.#mustWait && !isDone)
      this.#complain('a write returned that had not moved the irq, with nothing in the way', event)
  }

  /** irq_set_affinity_locked is entered under the descriptor's lock, as is the acknowledge: their order is that of the trace. */
  #request(event: TraceEvent): void {
    if (this.#written === undefined || event.pid !== this.#written.write.pid) {
      this.stranger(event)
      return
    }
    this.#requested = this.#written.write.requested
    this.#writer = this.#written.write.pid
    this.#written = undefined
    this.#movedFor = false
    // While a request is pending every later one is, too (kernel/irq/manage.c:irq_set_affinity_locked, 5.10 to 7.3).
    const isPending = irqState(Number(event.fields['st'] ?? 0)).pending
    this.#mustWait = !this.#isImmediate || this.#inCleanup || isPending
  }

  #move(event: TraceEvent): void {
    const to = Number(event.fields['cpu'])
    if (this.#requested?.has(to) !== true)
      this.#complain(`the irq was set to CPU ${to}, which nobody asked for`, event)
    if (this.#movedFor) this.#complain('one request moved the irq twice', event)
    const isInInterrupt = event.hardirq !== false && event.cpu === this.#cpu
    if (this.#mustWait && !isInInterrupt)
      this.#complain(
        `the irq was on CPU ${this.#cpu} and was moved by CPU ${event.cpu}, or in no interrupt`,
        event,
      )
    if (!this.#mustWait && (event.hardirq === true || event.pid !== this.#writer))
      this.#complain(`the irq was moved by ${event.comm}-${event.pid}, not by the write`, event)
    this.#left = this.#cpu
    this.#cpu = to
    this.#movedFor = true
    this.#inCleanup = true
    this.#due = undefined
    this.#flips++
  }

  #arrive(event: TraceEvent): void {
    this.#overdue(event)
    this.#arrivals++
    if (event.cpu === this.#cpu) {
      if (this.#flips > 0) this.#afterFlip++
      if (this.#requested?.has(this.#cpu) === false && !this.#inCleanup) this.#due = event
    } else if (event.cpu === this.#left) {
      // Without acknowledges it may be the handler going round on the old CPU, for what came to the new one.
      if (this.#hasAcks) this.#left = undefined
      this.#stragglers++
    } else {
      this.#complain(`an interrupt came to CPU ${event.cpu}, the irq was on CPU ${this.#cpu}`, event)
    }
  }

  /** The move is made within the acknowledge: before the handler, and before the next interrupt. */
  #overdue(event: TraceEvent): void {
    if (this.#due === undefined || (event.name === 'irq_handler_entry' && event.cpu !== this.#due.cpu)) return
    this.#complain('an interrupt came with nothing in the way, and did not move the irq', this.#due)
    this.#due = undefined
  }

  #complain(words: string, event: TraceEvent): void {
    if (this.#foreign === undefined) this.#wrong ??= `${words}, at ${at(event)}`
  }
}

/**
 * Acknowledged interrupts that were handled where they came, which are those that the kernel counts: one that meets the
 * handler on another CPU is sent away (kernel/irq/chip.c:handle_edge_irq, irq_may_run up to 6.16).
 */
function handledAmong(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const steps = events.filter((event) => isAck(event) || event.name === 'irq_handler_entry')
  return steps.filter(
    (event, at) =>
      isAck(event) &&
      steps.find((later, place) => place > at && later.cpu === event.cpu)?.name === 'irq_handler_entry',
  )
}

/** apic_ack_edge, or with remapping apic_ack_irq. */
function isAck({ name }: TraceEvent): boolean {
  return name === 'ack' || name === 'ack_remapped'
}

function at({ timeUs }: TraceEvent): string {
  return `${(timeUs / 1e6).toFixed(6)} s`
}
