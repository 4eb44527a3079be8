/** Commands on the guest that must succeed, with the loss of the guest turned into what it really was. */
import type { LimitName, Limits } from '../base/limits.ts'
import { Trouble } from '../base/errors.ts'
import type { GuestShell } from '../ssh/guest-shell.ts'

/** What runs a command. */
type Shell = Pick<GuestShell, 'run'>

/** The way to run shell text in the guest for everyone but the boot itself. */
export class GuestCommands {
  #shell: Shell
  readonly #limits: Limits
  readonly #diagnose: (error: unknown) => Promise<unknown>

  /** `diagnose` reads the console before an error is believed: a dead kernel looks like a lost connection first. */
  constructor(shell: Shell, limits: Limits, diagnose: (error: unknown) => Promise<unknown>) {
    this.#shell = shell
    this.#limits = limits
    this.#diagnose = diagnose
  }

  /** From now on commands go through this shell: the one before it has ended. */
  useShell(shell: Shell): void {
    this.#shell = shell
  }

  /**
   * Runs shell text in the guest's one shell and gives what it printed, whatever the status of its last command.
   * Throws `Trouble` or `KernelFault` when the guest is lost or too slow.
   */
  async run(script: string, limit: LimitName = 'guest.command'): Promise<string> {
    return (await this.#run(script, limit)).output
  }

  /** As `run`, but a status other than 0 is trouble. */
  async check(script: string, limit: LimitName = 'guest.command'): Promise<string> {
    const { status, output } = await this.#run(script, limit)
    if (status === 0) return output
    throw new Trouble(
      'guest.command',
      `\`${script}\` failed in the guest (status ${status}): ${output.trim()}`,
    )
  }

  async #run(
    script: string,
    limit: LimitName,
  ): Promise<{ readonly status: number; readonly output: string }> {
    const first = script.trim().split('\n')[0] ?? ''
    try {
      return await this.#shell.run(
        script,
        this.#limits.deadline(limit, `\`${first.slice(0, 80)}\` in the guest`),
      )
    } catch (error) {
      throw await this.#diagnose(error)
    }
  }
}
