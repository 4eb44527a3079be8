/**
 * Which of our datagrams have come through a network where others send, too? Counters cannot say; the machine's own trace shows
 * each packet with its length, and no two of ours in a row have the same.
 */
import type { GuestCommands } from '../guest/commands.ts'
import { TRACEFS } from '../guest/tracefs.ts'
import { deliveredQueues } from './delivered-queues.ts'

/** All datagrams of one run. */
export class Heard {
  readonly #guest: Pick<GuestCommands, 'run'>
  readonly #netInterface: string
  readonly #awaited = new Set<number>()

  constructor(guest: Pick<GuestCommands, 'run'>, netInterface: string) {
    this.#guest = guest
    this.#netInterface = netInterface
  }

  /** A datagram of this length was sent. */
  expect(length: number): void {
    this.#awaited.add(length)
  }

  /** The rx queue of each packet, by its length. */
  async queues(): Promise<ReadonlyMap<number, number>> {
    const lines = await this.#guest.run(`grep -F ' napi_gro_receive_entry: ' ${TRACEFS}/trace || true`)
    return deliveredQueues(lines, this.#netInterface)
  }

  /** True when all that were sent have come. */
  async all(): Promise<boolean> {
    const queues = await this.queues()
    for (const length of this.#awaited) if (queues.has(length)) this.#awaited.delete(length)
    return this.#awaited.size === 0
  }

  /** What has not come by now is lost on its way, and awaited no longer. */
  forget(): void {
    this.#awaited.clear()
  }
}
