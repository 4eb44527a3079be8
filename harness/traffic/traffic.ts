/** Everything that can be fired in one guest: the queues of the NIC by datagrams, the other devices by what fires each. */
import { Trouble } from '../base/errors.ts'
import { type IrqWithStimulus, isRxQueue, type RxQueue } from '../guest/irq-with-stimulus.ts'
import type { Reading } from '../irq/reading.ts'
import type { DeviceProber } from './device-prober.ts'
import type { FloodRate } from './flood.ts'
import type { Flooded, Prober, ProbeResult } from './prober.ts'
import type { Discovery } from './unheard.ts'

type QueueProber = Pick<Prober, 'probe' | 'flood' | 'discover' | 'learn' | 'knows' | 'recount' | 'forget'>
/** Whatever fires one irq that is no rx queue. */
export type AnyProber = Pick<DeviceProber, 'device' | 'probe'> & Partial<Pick<DeviceProber, 'flood'>>

/** Fires irqs on demand, whatever their stimulus is. */
export class Traffic {
  readonly #queues: QueueProber
  readonly #devices: readonly AnyProber[]
  readonly #parts: readonly AnyProber[]

  /** `parts` are the other irqs of the NIC: fired only when a scenario asks for it. */
  constructor(queues: QueueProber, devices: readonly AnyProber[], parts: readonly AnyProber[] = []) {
    this.#queues = queues
    this.#devices = devices
    this.#parts = parts
  }

  /** Fires each irq `count` times, one interrupt a probe: the queues side by side, the devices one after the other. */
  async probe(
    targets: readonly IrqWithStimulus[],
    count: number,
    until: 'received' | 'counted' = 'received',
  ): Promise<readonly ProbeResult[]> {
    const queues = targets.filter(isRxQueue)
    const results = queues.length === 0 ? [] : [...(await this.#queues.probe(queues, count, until))]
    for (const target of targets.filter((candidate) => !isRxQueue(candidate)))
      results.push({ target, batch: await this.#deviceOf(target).probe(count) })
    return results
  }

  /** Fires a device once, after an act that comes between the mark of the probe and its interrupt. */
  async probeAfter(target: IrqWithStimulus, act: () => Promise<void>): Promise<ProbeResult> {
    return { target, batch: await this.#deviceOf(target).probe(1, act) }
  }

  /** Floods a queue at a rate, or loads a disk as fast as it goes, while `acts` are done; see `Prober.flood`, `underReads`. */
  async flood<T>(target: IrqWithStimulus, rate: FloodRate, acts: () => Promise<T>): Promise<Flooded<T>> {
    if (isRxQueue(target)) return this.#queues.flood(target, rate, acts)
    const prober = this.#deviceOf(target)
    if (prober.flood === undefined) throw new RangeError(`${target.name} cannot be flooded`)
    return { target, ...(await prober.flood(acts)) }
  }

  /** Learns the flows to the queues; see `Prober.discover`. */
  async discover(...asked: Parameters<QueueProber['discover']>): Promise<Discovery> {
    return this.#queues.discover(...asked)
  }

  /** Forgets the flows that were learnt. */
  forget(): void {
    this.#queues.forget()
  }

  /**
   * Makes ready to fire these queues after anything that may have happened to them: packets that were not ours are
   * forgotten, and flows that are not known yet are learnt. Throws `Trouble` when a queue is never reached.
   */
  async startAnew(queues: readonly RxQueue[]): Promise<void> {
    this.#queues.recount()
    const unknown = queues.filter((queue) => !this.#queues.knows(queue))
    if (unknown.length > 0) await this.#queues.learn(unknown)
  }

  /**
   * Learns the flows to the queues, and fires each device once to see that it is still open: for irqs that are at rest, of
   * which no move is open. Gives their readings afterwards. Throws `Trouble` when one cannot be fired.
   */
  async learn(queues: readonly RxQueue[]): Promise<readonly Reading[]> {
    const readings = [...(await this.#queues.learn(queues))]
    for (const prober of this.#devices) {
      const { received, after } = await prober.probe(1)
      if (received?.length !== 1)
        throw new Trouble('traffic.delivery', `${prober.device.name} does not take what it is sent`)
      readings.push(after)
    }
    return readings
  }

  #deviceOf({ name }: IrqWithStimulus): AnyProber {
    const found = [...this.#devices, ...this.#parts].find(({ device }) => device.name === name)
    if (found === undefined) throw new Trouble('traffic.target', `Nothing is known that fires ${name}`)
    return found
  }
}
