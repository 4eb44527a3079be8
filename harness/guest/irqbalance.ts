/** irqbalance in the guest, the real one: started by an act, ended by another, and told by its process what it is. */
import { act } from './acts.ts'
import type { GuestCommands } from './commands.ts'
import { unpack } from './on-demand.ts'

/** Seconds between two of its looks at the load; ten unless said otherwise. */
const INTERVAL_S = 1

/** The daemon in one guest. */
export class Irqbalance {
  readonly #guest: Pick<GuestCommands, 'run'>
  #pid: number | undefined

  constructor(guest: Pick<GuestCommands, 'run'>) {
    this.#guest = guest
  }

  /** Starts it, as a distribution does, only that it looks more often. Throws `Trouble` when it cannot run. */
  async start(): Promise<void> {
    const program = await unpack(this.#guest, 'irqbalance')
    const output = await act(
      this.#guest,
      'irqbalance',
      [
        `mkdir -p /run/irqbalance`,
        `${program} --foreground --interval ${INTERVAL_S} </dev/null >/run/irqlab-irqbalance 2>&1 & echo "started $!"`,
      ].join('\n'),
    )
    this.#pid = Number(/^started (\d+)$/m.exec(output)?.[1])
  }

  /** Ends it and waits for its end. What it wrote stays. Nothing happens where it does not run. */
  async stop(): Promise<void> {
    if (this.#pid === undefined) return
    await act(this.#guest, 'irqbalance', `kill ${this.#pid}; wait ${this.#pid}; :`)
    this.#pid = undefined
  }
}
