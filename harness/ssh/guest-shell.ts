/**
 * One long-lived `sh` on the guest through which every command of a run goes. A fresh channel for each command
 * costs a fork, an exec and two round trips (60 ms under TCG against 20 ms here). Every command is logged.
 */
import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import type { SshConnection } from './connection.ts'

/** One line of ssh.jsonl: what was run, how it ended, how long it took. */
export interface CommandLogEntry {
  readonly atMs: number
  readonly command: string
  readonly status: number
  readonly durationMs: number
  readonly bytes: number
}

/** How a command ended. */
export interface CommandResult {
  readonly status: number
  /** Standard output and standard error together, in the order written. */
  readonly output: string
}

/** Starts sh as the user that is logged in. */
export const OWN_SHELL = 'exec /bin/sh 2>&1'

/** A shell on the guest that is given one command after the other. */
export class GuestShell {
  readonly #channel: Duplex
  readonly #lost: Promise<Trouble>
  readonly #mark = `irqlab-${randomBytes(8).toString('hex')}`
  readonly #onCommand: (entry: CommandLogEntry) => void
  /** What came since the last answer, but for its end, which may be the beginning of an end mark. */
  #pieces: string[] = []
  #end = ''
  /** One for each command sent and not yet answered, in order: one that nobody waits for any more keeps its place. */
  readonly #waiters: ((result: CommandResult) => void)[] = []
  #queue: Promise<unknown> = Promise.resolve()

  private constructor(channel: Duplex, lost: Promise<Trouble>, onCommand: (entry: CommandLogEntry) => void) {
    this.#channel = channel
    this.#onCommand = onCommand
    this.#lost = lost
    channel.on('error', () => undefined)
    channel.setEncoding('utf8')
    channel.on('data', (text: string) => this.#receive(text))
  }

  /** Starts the shell by `command` and makes it ready. `onCommand` hears of every finished command. */
  static async open(
    connection: SshConnection,
    deadline: Deadline,
    onCommand: (entry: CommandLogEntry) => void,
    command: string = OWN_SHELL,
  ): Promise<GuestShell> {
    const channel = await connection.open(command, deadline)
    const closed = new Promise<Trouble>((resolve) => {
      channel.once('close', () =>
        resolve(
          new Trouble('ssh.shell', 'The shell on the guest ended without an exit status', {
            hint: 'the SSH server or the shell was killed; look at the end of serial.log',
          }),
        ),
      )
    })
    return new GuestShell(channel, Promise.race([connection.lost, closed]), onCommand)
  }

  /** The same of an sh that was started by other means; `lost` resolves when that way is gone. */
  static over(
    channel: Duplex,
    lost: Promise<Trouble>,
    onCommand: (entry: CommandLogEntry) => void,
  ): GuestShell {
    return new GuestShell(channel, lost, onCommand)
  }

  /**
   * Runs shell text and gives its status and output. Commands are run one after the other.
   * Throws `Trouble` when the shell or the connection is lost, or the deadline passes.
   */
  run(command: string, deadline: Deadline): Promise<CommandResult> {
    const turn = this.#queue.then(() => this.#runNow(command, deadline))
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  async #runNow(command: string, deadline: Deadline): Promise<CommandResult> {
    const started = performance.now()
    const answered = new Promise<CommandResult>((resolve) => {
      this.#waiters.push(resolve)
    })
    // Braces around nothing are an error of syntax, and would end the shell.
    const text = command.trim() === '' ? ':' : command
    // A command that reads its input would read the commands after it.
    this.#channel.write(`{ ${text}\n} </dev/null\nprintf '\\n%s %d\\n' ${this.#mark} $?\n`)
    const result = await deadline.race(
      Promise.race([answered, this.#lost.then((trouble) => Promise.reject(trouble))]),
    )
    this.#onCommand({
      atMs: Math.round(started),
      command,
      status: result.status,
      durationMs: Math.round(performance.now() - started),
      bytes: Buffer.byteLength(result.output),
    })
    return result
  }

  #receive(text: string): void {
    let rest = this.#end + text
    // The end mark is random per shell, so no output of the guest can imitate it.
    let at = rest.indexOf(`\n${this.#mark} `)
    for (; at >= 0; at = rest.indexOf(`\n${this.#mark} `)) {
      const lineEnd = rest.indexOf('\n', at + 1)
      if (lineEnd < 0) break
      const output = this.#pieces.join('') + rest.slice(0, at)
      const status = Number(rest.slice(at + this.#mark.length + 2, lineEnd))
      rest = rest.slice(lineEnd + 1)
      this.#pieces = []
      this.#waiters.shift()?.({ status, output })
    }
    // Only what may be part of a mark is looked at again: a trace of many megabytes comes in small pieces.
    const settled = at >= 0 ? at : Math.max(0, rest.length - this.#mark.length - 1)
    this.#pieces.push(rest.slice(0, settled))
    this.#end = rest.slice(settled)
  }
}
