/**
 * Probes of one device: each fires its irq exactly once. The next is sent only when the guest has noted the one before,
 * so that no two of them ever make one interrupt.
 */
import type { Limits } from '../base/limits.ts'
import { pause } from '../base/poll.ts'
import type { GuestCommands } from '../guest/commands.ts'
import { receiptFile, type TestDevice } from '../guest/devices.ts'
import type { IrqReader } from '../guest/irq-reader.ts'
import type { IrqWithStimulus } from '../guest/irq-with-stimulus.ts'
import type { ProbeBatch, ProbeEvidence } from '../irq/move-evidence.ts'
import type { Reading } from '../irq/reading.ts'
import type { BatchMarks } from './batch-marks.ts'
import { deliveryDeadline } from './delivery-deadline.ts'
import { underReads, type UnderReads } from './read-load.ts'

/** What makes the device fire. */
export interface Firing {
  /** Makes it fire once; the guest notes `id` when it was delivered. */
  readonly fire: (id: string) => Promise<void>
  /** How many of so many sent have left the host. */
  readonly taken: (sent: number) => Promise<number>
}

/** Identities, taken in turn: a gap of 62 is no gap that a lost interrupt makes. */
const IDS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** What a prober needs of the guest. */
export interface ProbedGuest {
  readonly guest: Pick<GuestCommands, 'run'>
  readonly reader: Pick<IrqReader, 'command' | 'parse'>
  readonly marks: Pick<BatchMarks, 'announce'>
  readonly limits: Limits
}

/** All probes of one device in one run. */
export class DeviceProber {
  readonly device: IrqWithStimulus & Partial<Pick<TestDevice, 'node'>>
  readonly #parts: ProbedGuest
  readonly #firing: Firing
  #sent = 0
  #isDeaf = false

  constructor(device: DeviceProber['device'], parts: ProbedGuest, firing: Firing) {
    this.device = device
    this.#parts = parts
    this.#firing = firing
  }

  /**
   * Fires the device `count` times, and reads its irq after the last. When a probe never arrives, no more are sent, and
   * it gives what there is: the laws say what is missing. `before` comes between their mark and the first of them. Throws
   * `Trouble` when the host cannot send.
   */
  async probe(count: number, before?: () => Promise<void>): Promise<ProbeBatch> {
    const sent: ProbeEvidence[] = []
    // What came too late for an earlier batch is judged there.
    const forget = `: >${receiptFile(this.device.name)}`
    const mark = await this.#parts.marks.announce([this.device.irq.number], this.#next, forget)
    await before?.()
    for (;;) {
      const id = this.#next
      this.#sent++
      sent.push({ id })
      await this.#firing.fire(id)
      const { received, after } = await this.#arrived(sent.length)
      const missing = received.length < sent.length
      if (!missing && sent.length < count) continue
      const taken = missing ? await this.#firing.taken(sent.length) : sent.length
      return { mark, sent, taken, received, after }
    }
  }

  /** Loads the device while `acts` are done: see `underReads`, for a disk is all that can be. */
  async flood<T>(acts: () => Promise<T>): Promise<UnderReads<T>> {
    return underReads(this.device, this.#parts, acts)
  }

  get #next(): string {
    return IDS[this.#sent % IDS.length] ?? ''
  }

  /** What the guest has noted since the batch began, and a reading of the irq that was taken after that. */
  async #arrived(
    expected: number,
  ): Promise<{ readonly received: readonly string[]; readonly after: Reading }> {
    const { irq, name } = this.device
    const { guest, reader, limits } = this.#parts
    const deadline = deliveryDeadline(limits, `a probe at ${name}`, this.#isDeaf)
    const script = `r=; read -r r <${receiptFile(name)}; echo "received $r"\n${reader.command(irq.number)}`
    for (;;) {
      const output = await guest.run(script)
      const received = (/^received (\w*)$/m.exec(output)?.[1] ?? '').split('')
      const [after] =
        received.length >= expected || deadline.passed ? (reader.parse([irq], output) ?? []) : []
      if (after !== undefined) {
        this.#isDeaf = received.length < expected
        return { received, after }
      }
      await pause(2)
    }
  }
}
