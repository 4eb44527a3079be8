/**
 * Frames that the guest sends on one tx queue. That each left the guest is told by the tap; whether an interrupt comes of
 * it is the driver's choice, so there is nothing in the guest to wait for.
 */
import type { Limits } from '../base/limits.ts'
import { pause } from '../base/poll.ts'
import { TEST_INTERFACE } from '../guest/addresses.ts'
import type { GuestCommands } from '../guest/commands.ts'
import type { IrqReader } from '../guest/irq-reader.ts'
import type { TxQueue } from '../guest/irq-with-stimulus.ts'
import type { ProbeBatch } from '../irq/move-evidence.ts'
import type { BatchMarks } from './batch-marks.ts'
import { framesSent } from './tap-counters.ts'

/** In the network of the NIC under test, and nobody's: nothing answers. */
const NOBODY = '10.112.0.77'
/** Long after the device has done with a frame: so each finds the queue idle. */
const SPACING_MS = 30

/** What a prober needs of the guest. */
export interface FramedGuest {
  readonly guest: Pick<GuestCommands, 'check'>
  readonly reader: Pick<IrqReader, 'read'>
  readonly marks: Pick<BatchMarks, 'announce'>
  readonly limits: Limits
  /** Frames that came out of the guest so far. */
  readonly sent?: () => Promise<number>
}

/** All frames of one tx queue in one run. */
export class FrameProber {
  readonly device: TxQueue
  readonly #parts: FramedGuest
  #last = 0

  constructor(device: TxQueue, parts: FramedGuest) {
    this.device = device
    this.#parts = parts
  }

  /** Sends `count` frames, each when the one before has left the guest; one that never does is the last. */
  async probe(count: number): Promise<ProbeBatch> {
    const { guest, reader, marks, limits, sent: sentNow = framesSent } = this.#parts
    const { irq, name } = this.device
    const ids: string[] = []
    const left: string[] = []
    const mark = await marks.announce([irq.number], String(this.#last + 1))
    while (ids.length < count && left.length === ids.length) {
      const id = String(++this.#last)
      ids.push(id)
      const before = await sentNow()
      await guest.check(sendCommand(this.device))
      const deadline = limits.deadline('traffic.delivery', `A frame of ${name}`)
      while ((await sentNow()) === before && !deadline.passed) await pause(2)
      if ((await sentNow()) > before) left.push(id)
      await pause(SPACING_MS)
    }
    const [after] = await reader.read([irq])
    if (after === undefined) throw new RangeError(`${name} was not read`)
    return { mark, sent: ids.map((id) => ({ id })), taken: ids.length, received: left, after }
  }
}

/**
 * Shell text that sends one ARP request from a CPU whose frames go to that queue (XPS). In the background: it waits a second
 * for an answer that never comes.
 */
function sendCommand({ stimulus }: TxQueue): string {
  const map = `/sys/class/net/${TEST_INTERFACE}/queues/tx-${stimulus.queueIndex}/xps_cpus`
  return `read -r m <${map} && ( taskset $m arping -q -c 1 -w 1 -I ${TEST_INTERFACE} ${NOBODY} </dev/null >/dev/null 2>&1 & )`
}
