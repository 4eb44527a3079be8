/** A trace longer than the guest's buffer: read and emptied between the rounds of a long run, and put together again. */
import { pause } from '../base/poll.ts'
import { joinTraces } from '../irq/joined-trace.ts'
import type { GuestCommands } from './commands.ts'
import { TRACEFS } from './tracefs.ts'

/** Longer than the cleanup of a vector takes (a jiffy of 4 ms), on a guest that waits for its host too. */
const REST_MS = 200

/** The trace of one run. */
export class TraceSections {
  readonly #guest: Pick<GuestCommands, 'run'>
  readonly #sections: string[] = []

  constructor(guest: Pick<GuestCommands, 'run'>) {
    this.#guest = guest
  }

  /** Puts aside what there is so far. Only at rest: what happens between the reading and the emptying is lost. */
  async cut(): Promise<void> {
    await pause(REST_MS)
    const text = await this.#guest.run(`cat ${TRACEFS}/trace; echo >${TRACEFS}/trace`, 'guest.evidence')
    this.#sections.push(text.endsWith('\n') ? text : `${text}\n`)
  }

  /** The whole trace, of which this is the last section. */
  joinedWith(last: string): string {
    return joinTraces([...this.#sections, last])
  }
}
