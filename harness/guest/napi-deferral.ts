/** Letting a timer poll the NIC under test instead of its interrupts: traffic flows, and no interrupt is needed. */
import { Trouble } from '../base/errors.ts'
import { pause } from '../base/poll.ts'
import { actMarker } from '../irq/act-markers.ts'
import { TEST_INTERFACE } from './addresses.ts'
import type { GuestCommands } from './commands.ts'
import { TRACEFS } from './tracefs.ts'

/**
 * A poll lets the device interrupt for an instant before the timer takes over (drivers/net/virtio_net.c:
 * virtqueue_napi_complete, 5.10 to 7.3), so the polls should be few.
 */
const POLL_EVERY_MS = 400
/** So many polls may find nothing before interrupts are allowed again. */
const EMPTY_POLLS = 100
const END_MARGIN_MS = 200

/** The polling of the NIC under test. */
export class NapiDeferral {
  readonly #guest: Pick<GuestCommands, 'run'>
  #deferring = false

  constructor(guest: Pick<GuestCommands, 'run'>) {
    this.#guest = guest
  }

  /**
   * From the next interrupt of a queue on, a timer polls that queue instead (napi_defer_hard_irqs, gro_flush_timeout; 5.8
   * and later). Throws `Trouble` when the kernel refuses.
   */
  async defer(): Promise<void> {
    this.#deferring = true
    await this.#write('defer', EMPTY_POLLS, POLL_EVERY_MS)
  }

  /** Interrupts are allowed again when this returns. Throws `Trouble` when the kernel refuses. */
  async allow(): Promise<void> {
    await this.#write('allow', 0, 0)
    // The timer of the last poll is still running: only the poll that it makes allows interrupts.
    await pause(POLL_EVERY_MS + END_MARGIN_MS)
    this.#deferring = false
  }

  /** Undoes what was not undone. */
  async restore(): Promise<void> {
    if (this.#deferring) await this.allow()
  }

  async #write(verb: 'defer' | 'allow', polls: number, everyMs: number): Promise<void> {
    const folder = `/sys/class/net/${TEST_INTERFACE}`
    const output = await this.#guest.run(
      [
        `echo '${actMarker(verb, { polls, everyMs })}' >${TRACEFS}/trace_marker`,
        `echo ${everyMs * 1_000_000} >${folder}/gro_flush_timeout && echo ${polls} >${folder}/napi_defer_hard_irqs && echo done`,
      ].join('\n'),
    )
    if (output.trim() !== 'done')
      throw new Trouble(
        'guest.napi',
        `${TEST_INTERFACE} does not take ${polls} empty polls: ${output.trim()}`,
      )
  }
}
