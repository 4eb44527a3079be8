/** irqbalance in the guest, the real one: started by an act, ended by another, and told by its process what it is. */
import { Trouble } from '../base/errors.ts'
import type { CpuMask } from '../irq/cpu-mask.ts'
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

  /**
   * Starts it, as a distribution does, only that it looks more often; it uses no CPU of `without`. Throws `Trouble` when it
   * cannot run.
   */
  async start({ without }: { readonly without?: CpuMask } = {}): Promise<void> {
    const program = await unpack(this.#guest, 'irqbalance')
    const output = await act(
      this.#guest,
      'irqbalance',
      [
        // Where it makes the socket that irqbalance-ui asks.
        'mkdir -p /run/irqbalance',
        `${without === undefined ? '' : `IRQBALANCE_BANNED_CPULIST=${without.toList()} `}${program} --foreground --interval ${INTERVAL_S} </dev/null >/run/irqlab-irqbalance 2>&1 & echo "started $!"`,
      ].join('\n'),
      { without: without?.toList() ?? '' },
    )
    const [, pid] = /^started (\d+)$/m.exec(output) ?? []
    if (pid === undefined) throw new Trouble('guest.act', `irqbalance did not start: ${output}`)
    this.#pid = Number(pid)
  }

  /** Ends it and waits for its end. What it wrote stays. Nothing happens where it does not run. */
  async stop(): Promise<void> {
    if (this.#pid === undefined) return
    await act(this.#guest, 'irqbalance', `kill ${this.#pid}; wait ${this.#pid}; :`)
    this.#pid = undefined
  }
}
