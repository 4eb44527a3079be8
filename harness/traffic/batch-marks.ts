/** The marks in the guest's trace before each batch of probes: one numbering for all that can be fired. */
import type { GuestCommands } from '../guest/commands.ts'
import { TRACEFS } from '../guest/tracefs.ts'
import { actMarker } from '../irq/act-markers.ts'

/** Announces batches, each with a number of its own. */
export class BatchMarks {
  readonly #guest: GuestCommands
  #last = 0

  constructor(guest: GuestCommands) {
    this.#guest = guest
  }

  /**
   * Writes into the trace that probes are about to be sent to these irqs, and which comes first; `also` is shell text for
   * the same command. Gives the batch's number.
   */
  async announce(irqs: readonly number[], first: string, also = ''): Promise<number> {
    const irq = irqs.length === 0 ? 'any' : irqs.join('+')
    const marker = actMarker('probe', { irq, batch: ++this.#last, first })
    await this.#guest.run(`echo '${marker}' >${TRACEFS}/trace_marker\n${also}`)
    return this.#last
  }
}
