/** Between the acts of a run and what undoes them: once it is shut, no act gets through any more, whoever still tries. */
import type { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import type { CommandResult, GuestShell } from '../ssh/guest-shell.ts'

/** A shell that can be shut. Its commands and those of the shell behind it keep one order. */
export class Fence implements Pick<GuestShell, 'run'> {
  readonly #shell: Pick<GuestShell, 'run'>
  #shut = false

  constructor(shell: Pick<GuestShell, 'run'>) {
    this.#shell = shell
  }

  shut(): void {
    this.#shut = true
  }

  /** Throws `Trouble` when it is shut, and what the shell throws. */
  run(command: string, deadline: Deadline): Promise<CommandResult> {
    return this.#shut
      ? Promise.reject(new Trouble('host.over', 'This run is over: nothing more is done on its machine'))
      : this.#shell.run(command, deadline)
  }
}
