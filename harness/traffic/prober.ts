/**
 * Probe datagrams: each makes exactly one rx interrupt on one known queue. Which flow reaches which queue is the tap's
 * choice (a hash); it is learnt by sending, and each probe's arrival is awaited before its readings are believed.
 */
import type { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import { pause } from '../base/poll.ts'
import type { GuestCommands } from '../guest/commands.ts'
import type { IrqReader } from '../guest/irq-reader.ts'
import type { IrqWithStimulus, RxQueue } from '../guest/irq-with-stimulus.ts'
import type { ProbeBatch, ProbeEvidence } from '../irq/move-evidence.ts'
import type { Reading } from '../irq/reading.ts'
import { Arrivals, total } from './arrivals.ts'
import type { BatchMarks } from './batch-marks.ts'
import { flood, type FloodRate } from './flood.ts'
import type { Flow, Flows } from './flows.ts'
import { type Discovery, neverReached } from './unheard.ts'
import { OUR_TAP, type Wire } from './wire.ts'

/** Datagrams of one batch to one queue are this far apart: far longer than a NAPI poll, so each is an interrupt of its own. */
const SPACING_MS = 20
const FLOWS_PER_QUEUE_MAX = 32
/** So many a queue, and it is likely that every queue has one. */
const FLOWS_AT_ONCE = 3
/** So often a datagram that QEMU took was received by nobody: the guest does not hear some queue. */
const LOST_MAX = 3

/** The probes that one irq was sent in one act, and the reading after them. */
export interface ProbeResult {
  readonly target: IrqWithStimulus
  readonly batch: ProbeBatch
}

/** What a flood was, and what the acts in it gave. */
export interface Flooded<T> extends ProbeResult {
  readonly given: T
}

/** Sends probes to queues of one guest, by the flows it has learnt. */
export class Prober {
  readonly #reader: IrqReader
  readonly #flows: Flows
  readonly #batches: BatchMarks
  readonly #limits: Limits
  readonly #wire: Wire
  readonly #arrivals: Arrivals
  readonly #map = new Map<string, Flow>()

  constructor(
    guest: GuestCommands,
    reader: IrqReader,
    flows: Flows,
    marks: BatchMarks,
    limits: Limits,
    wire: Wire = OUR_TAP,
  ) {
    this.#reader = reader
    this.#flows = flows
    this.#batches = marks
    this.#limits = limits
    this.#wire = wire
    this.#arrivals = new Arrivals({ guest, reader, flows, limits, wire })
  }

  /**
   * Sends `count` probes to each queue, and reads the queues' irqs once all have arrived. When some never arrive, it
   * gives what there is: the laws say what is missing. While the interface is down none is received: then they are awaited
   * only until they were `counted`. Throws `Trouble` for a queue whose flow is not known.
   */
  async probe(
    queues: readonly RxQueue[],
    count: number,
    until: 'received' | 'counted' = 'received',
  ): Promise<readonly ProbeResult[]> {
    const flows = queues.map((queue) => {
      const flow = this.#flowTo(queue)
      return { queue, flow, sent: [] as ProbeEvidence[] }
    })
    const mark = await this.#announce(flows.map(({ queue }) => queue.irq.number))
    const atFirst = until === 'counted' ? await this.#reader.read(queues.map(({ irq }) => irq)) : []
    const before = await this.#wire.taken()
    for (let round = 0; round < count; round++) {
      if (round > 0) await pause(SPACING_MS)
      for (const { queue, flow, sent } of flows) {
        // A new flow each time: so the datagrams come to different queues, and each must fire the irq that they share.
        const over = isShared(queue) ? await this.#flows.open() : flow
        sent.push({ id: String(await this.#send(over)) })
      }
    }
    const readings =
      until === 'counted'
        ? await this.#arrivals.counted(queues, atFirst)
        : (await this.#arrivals.ofBatch(flows)).readings
    const lost = Math.max(0, count * queues.length - ((await this.#wire.taken()) - before))
    const came = this.#wire.othersSend ? await this.#arrivals.byLength() : undefined
    return flows.map(({ queue, sent }, at) => {
      const after = readings[at]
      if (after === undefined) throw new Trouble('guest.reading', `${queue.name} was not read`)
      // Of the others nobody knows where the network lost them.
      const taken =
        came === undefined
          ? Math.max(0, sent.length - lost)
          : sent.filter(({ id }) => came.has(Number(id))).length
      return { target: queue, batch: { mark, sent, taken, received: undefined, after } }
    })
  }

  /** The NIC deals its flows out anew, or counts anew: nothing that was learnt holds any more. */
  forget(): void {
    this.#map.clear()
    this.#arrivals.recount()
  }

  /** Counts received packets anew from the next batch on: others than ours may have come since the last one. */
  recount(): void {
    this.#arrivals.recount()
  }

  /** True when a flow to this queue is known. */
  knows({ name }: RxQueue): boolean {
    return this.#map.has(name)
  }

  /**
   * Sends datagrams to a queue at a rate, as one batch, while `acts` are done; none of them may be a probe of a queue.
   * Reads the irq once all have arrived. Throws `Trouble` for a queue whose flow is not known, and what `acts` throws.
   */
  async flood<T>(queue: RxQueue, rate: FloodRate, acts: () => Promise<T>): Promise<Flooded<T>> {
    const flow = this.#flowTo(queue)
    const mark = await this.#announce([queue.irq.number])
    const before = await this.#wire.taken()
    const taken = async () => (await this.#wire.taken()) - before
    const sent: ProbeEvidence[] = []
    const send = async () => {
      sent.push({ id: String(await this.#flows.send(flow)) })
    }
    const patience = () => this.#limits.deadline('traffic.delivery', 'Taking of the flood')
    const given = await flood({ send, taken, patience }, rate, acts)
    const [after] = (await this.#arrivals.ofAll([queue])).readings
    if (after === undefined) throw new Trouble('guest.reading', `${queue.name} was not read`)
    const batch = { mark, sent, taken: Math.min(sent.length, await taken()), received: undefined, after }
    return { target: queue, batch, given }
  }

  /**
   * Learns which flow reaches which queue, one datagram at a time, until each queue was hit `hitsMin` times.
   * Every datagram is a probe of the queue it hit, and given as such, in order. So is one that is lost on its way to a
   * queue which its flow has reached before: it counts as a hit, or a queue gone deaf would be asked for ever.
   * With `atLoss` it ends there instead. Throws `Trouble` when the flows do not reach every queue although nothing was lost in
   * the guest.
   */
  async discover(
    queues: readonly RxQueue[],
    hitsMin: number,
    atLoss: 'go on' | 'end' = 'go on',
  ): Promise<Discovery> {
    const timeLimit = () =>
      this.#limits.deadline('traffic.flow-map', 'Learning which flow reaches which queue')
    let deadline = timeLimit()
    let lost = 0
    const results: ProbeResult[] = []
    const hits = (queue: RxQueue) => results.filter(({ target }) => target === queue).length
    let last = await this.#reader.read(queues.map(({ irq }) => irq))
    const flowsMax = FLOWS_PER_QUEUE_MAX * queues.length
    for (let opened = 0; queues.some((queue) => hits(queue) < hitsMin);) {
      const wanting = queues.find((queue) => hits(queue) > 0 && hits(queue) < hitsMin)
      const known = wanting === undefined ? undefined : this.#map.get(wanting.name)
      if (known === undefined && ++opened > flowsMax)
        throw neverReached(queues.filter((queue) => hits(queue) === 0))
      if (deadline.passed) throw this.#tooLate(deadline, queues, hits)
      const flow = known ?? (await this.#flows.open())
      const mark = await this.#announce([])
      const before = await this.#wire.taken()
      const id = String(await this.#send(flow))
      const { readings: now, arrived } = await this.#arrivals.ofAll(queues)
      const isLost = !arrived && (await this.#wire.taken()) > before
      // Waiting for it took its own time.
      if (isLost) deadline = timeLimit()
      const reached = this.#wire.othersSend
        ? ((await this.#arrivals.byLength()).get(Number(id)) ?? -1)
        : undefined
      const fired = queues.findIndex(
        ({ stimulus }, index) =>
          total(now[index]) > total(last[index]) && (reached ?? stimulus.queueIndex) === stimulus.queueIndex,
      )
      last = now
      const at = fired === -1 && isLost && wanting !== undefined ? queues.indexOf(wanting) : fired
      const queue = queues[at]
      const after = now[at]
      if (queue === undefined || after === undefined) {
        if (isLost && ++lost === LOST_MAX)
          return { results, unheard: { queues: queues.filter((one) => hits(one) === 0), lost } }
        continue
      }
      if (!this.#map.has(queue.name)) this.#map.set(queue.name, flow)
      results.push({ target: queue, batch: { mark, sent: [{ id }], taken: 1, received: undefined, after } })
      if (fired === -1 && atLoss === 'end') return { results, unheard: undefined, deaf: queue }
    }
    return { results, unheard: undefined }
  }

  /**
   * Learns which flow reaches which queue from the guest's trace, many datagrams at a time: for irqs that are at rest, of
   * which no move is open. Gives their readings afterwards. Throws `Trouble` when some queue is never reached.
   */
  async learn(queues: readonly RxQueue[]): Promise<readonly Reading[]> {
    const wanting = () => queues.filter(({ name }) => !this.#map.has(name))
    const flowsMax = FLOWS_PER_QUEUE_MAX * queues.length
    let waits = 0
    for (let opened = 0; ;) {
      if (opened >= flowsMax || waits === LOST_MAX) throw neverReached(wanting())
      await this.#announce([])
      const flows = new Map<number, Flow>()
      for (; flows.size < FLOWS_AT_ONCE * queues.length; opened++) {
        const flow = await this.#flows.open()
        flows.set(await this.#send(flow), flow)
      }
      const { readings, arrived } = await this.#arrivals.ofAll(queues)
      if (!arrived) waits++
      const arrivals = await this.#arrivals.byLength()
      for (const [length, flow] of flows) {
        const arrival = arrivals.get(length)
        const queue = queues.find(
          (one) => one.stimulus.queueIndex === arrival || (isShared(one) && arrival !== undefined),
        )
        if (queue !== undefined && !this.#map.has(queue.name)) this.#map.set(queue.name, flow)
      }
      if (wanting().length === 0) return readings
    }
  }

  /** Sends one datagram and gives its length. */
  async #send(flow: Flow): Promise<number> {
    const length = await this.#flows.send(flow)
    this.#arrivals.expect(length)
    return length
  }

  #flowTo({ name }: RxQueue): Flow {
    const flow = this.#map.get(name)
    if (flow === undefined) throw new Trouble('traffic.flow-map', `No flow is known that reaches ${name}`)
    return flow
  }

  /** Writes into the trace that a batch is about to be sent, and which length comes first. Gives the batch's number. */
  async #announce(irqs: readonly number[]): Promise<number> {
    await this.#arrivals.start()
    return this.#batches.announce(irqs, String(this.#flows.nextLength))
  }

  #tooLate(deadline: Deadline, queues: readonly RxQueue[], hits: (queue: RxQueue) => number): Trouble {
    return deadline.trouble(queues.map((queue) => `${queue.name} hit ${hits(queue)} times`).join(', '))
  }
}

/** All queues of the NIC have one irq. */
function isShared({ stimulus }: RxQueue): boolean {
  return stimulus.queueIndex === 'any'
}
