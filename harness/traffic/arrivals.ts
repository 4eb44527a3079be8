/** Have all datagrams that were sent come to the guest? Told by the counter of received packets, or where others send by its trace. */
import type { Limits } from '../base/limits.ts'
import { pause } from '../base/poll.ts'
import type { GuestCommands } from '../guest/commands.ts'
import type { IrqReader } from '../guest/irq-reader.ts'
import type { RxQueue } from '../guest/irq-with-stimulus.ts'
import type { ProbeEvidence } from '../irq/move-evidence.ts'
import type { Reading } from '../irq/reading.ts'
import { deliveryDeadline } from './delivery-deadline.ts'
import type { Flows } from './flows.ts'
import { Heard } from './heard.ts'
import type { Wire } from './wire.ts'

/** What waiting brought. */
export interface Arrival {
  /** Taken after the last datagram had arrived, or could not be awaited longer. */
  readonly readings: readonly Reading[]
  /** False: some never came within the limit. */
  readonly arrived: boolean
}

/** What is needed of the guest and of the way to it. */
export interface ReachedGuest {
  readonly guest: Pick<GuestCommands, 'run' | 'check'>
  readonly reader: Pick<IrqReader, 'command' | 'parse' | 'read'>
  readonly flows: Pick<Flows, 'sent'>
  readonly limits: Limits
  readonly wire: Wire
}

/** What the queues of one batch were sent. */
export interface SentTo {
  readonly queue: RxQueue
  readonly sent: readonly ProbeEvidence[]
}

/** The arrivals of one run. */
export class Arrivals {
  readonly #parts: ReachedGuest
  readonly #heard: Heard
  /** Names of queues that did not hear all of the last batch to them. */
  readonly #deaf = new Set<string>()
  #received: { readonly base: number; readonly sent: number } | undefined

  constructor(parts: ReachedGuest) {
    this.#parts = parts
    this.#heard = new Heard(parts.guest, parts.wire.netInterface)
  }

  /** Counts from here on, unless it does already. */
  async start(): Promise<void> {
    const { guest, flows, wire } = this.#parts
    if (this.#received !== undefined) return
    const counter = `/sys/class/net/${wire.netInterface}/statistics/rx_packets`
    this.#received = { base: Number(await guest.check(`cat ${counter}`)), sent: flows.sent }
  }

  /** Counts anew from the next start on: others than ours may have come. */
  recount(): void {
    this.#received = undefined
  }

  /** A datagram of this length was sent. */
  expect(length: number): void {
    this.#heard.expect(length)
  }

  /** The rx queue of each packet that came, by its length. */
  async byLength(): Promise<ReadonlyMap<number, number>> {
    return this.#heard.queues()
  }

  /** Waits for a batch; queues that were deaf before it are waited for less. */
  async ofBatch(batch: readonly SentTo[]): Promise<Arrival> {
    const queues = batch.map(({ queue }) => queue)
    const arrival = await this.ofAll(
      queues,
      queues.every(({ name }) => this.#deaf.has(name)),
    )
    const came = arrival.arrived ? undefined : await this.byLength()
    for (const { queue, sent } of batch)
      if (came === undefined || sent.every(({ id }) => came.has(Number(id)))) this.#deaf.delete(queue.name)
      else this.#deaf.add(queue.name)
    return arrival
  }

  /** Waits until every datagram sent so far has arrived; `afterLoss`: see `deliveryDeadline`. */
  async ofAll(queues: readonly RxQueue[], afterLoss = false): Promise<Arrival> {
    const { guest, reader, flows, limits, wire } = this.#parts
    const irqs = queues.map(({ irq }) => irq)
    const deadline = deliveryDeadline(limits, 'the probes', afterLoss)
    for (;;) {
      const expected = (this.#received?.base ?? 0) + flows.sent - (this.#received?.sent ?? 0)
      // One command: the counter of received packets first, so that readings after it include their interrupts.
      const script = [
        `read r </sys/class/net/${wire.netInterface}/statistics/rx_packets; echo "received $r"`,
        ...irqs.map(({ number }) => reader.command(number)),
      ]
      // Before the readings, so that they include the interrupts of what was heard.
      const heard = wire.othersSend ? await this.#heard.all() : true
      const output = await guest.run(script.join('\n'))
      const arrived = heard && Number(/^received (\d+)$/m.exec(output)?.[1] ?? 0) >= expected
      const readings = arrived || deadline.passed ? reader.parse(irqs, output) : undefined
      if (readings !== undefined) {
        this.#heard.forget()
        if (!arrived) this.#received = undefined
        return { readings, arrived }
      }
      await pause(2)
    }
  }

  /** Readings of the queues' irqs, taken after each had counted more than at first, or could not be awaited longer. */
  async counted(queues: readonly RxQueue[], atFirst: readonly Reading[]): Promise<readonly Reading[]> {
    const { reader, limits } = this.#parts
    const deadline = limits.deadline('traffic.delivery', 'The interrupts of the probes')
    for (;;) {
      const readings = await reader.read(queues.map(({ irq }) => irq))
      if (deadline.passed || readings.every((reading, at) => total(reading) > total(atFirst[at])))
        return readings
      await pause(2)
    }
  }
}

/** Interrupts of a reading, on all CPUs. */
export function total(reading: Reading | undefined): number {
  return reading?.counts.reduce((sum, count) => sum + count, 0) ?? 0
}
