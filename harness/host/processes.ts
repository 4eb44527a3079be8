/** Which processes did we start, and are they gone? The only file that knows node:child_process. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { Socket } from 'node:net'
import { Deadline } from '../base/deadline.ts'
import { Trouble, assert, messageOf } from '../base/errors.ts'
import { errnoOf } from './errno.ts'

/** A program and its arguments. No shell ever reads it. */
export type Argv = readonly [string, ...string[]]

/** How a process is started. `stdio` is Node's; an entry 'pipe' beyond the third is a two-way socket. */
export interface SpawnOptions {
  readonly stdio: readonly ('pipe' | 'ignore' | 'inherit' | number)[]
  /** The whole environment; ours when absent. The variables of our own test runner are taken out of either. */
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** An own session: Ctrl-C at our terminal does not reach it, and signals go to its whole process group. */
  readonly detached?: boolean
  /** A channel for `send` and `onMessage`, as the last stdio entry. */
  readonly ipc?: boolean
  /** Names the place in the trouble when the program cannot be started; `host.process` when absent. */
  readonly stage?: string
}

/** How a process ended: exactly one of the two is set. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Starts a program. Throws a lasting `Trouble` that names it when it is missing or may not be executed. */
export async function spawnProcess(argv: Argv, options: SpawnOptions): Promise<Child> {
  const [program, ...args] = argv
  const channel = options.ipc ? (['ipc'] as const) : []
  const child = spawn(program, args, {
    stdio: [...options.stdio, ...channel],
    env: scrubbed(options.env ?? process.env),
    detached: options.detached ?? false,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  // The wrapper listens from the first moment: a message or a death must not fall between two turns.
  const wrapped = new Child(argv, child, options.detached ?? false)
  try {
    await once(child, 'spawn')
  } catch (error) {
    throw spawnTrouble(program, options, error)
  }
  return wrapped
}

/** A copy of the environment without what our own tests put there: it must not reach QEMU or a worker. */
export function scrubbed(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const strange = /^(TAP$|TAP_|_TAPJS|NODE_OPTIONS$)/
  return Object.fromEntries(Object.entries(env).filter(([name]) => !strange.test(name)))
}

/** A copy of the environment whose PATH has sbin too: it holds ip(8), and an ordinary user's PATH often lacks it. */
export function withSbin(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, PATH: `${env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin` }
}

/** A process that we started. */
export class Child {
  readonly argv: Argv
  readonly pid: number
  /** Resolves when the process itself is gone; its pipes may still hold unread output. Never rejects. */
  readonly exited: Promise<Exit>
  readonly #child: ChildProcess
  readonly #ownGroup: boolean
  #exit: Exit | undefined
  #listener: ((message: unknown) => void) | undefined
  readonly #early: unknown[] = []

  /** Only `spawnProcess` makes these. A `pid` of -1 never gets out: it belongs to a spawn that failed. */
  constructor(argv: Argv, child: ChildProcess, ownGroup: boolean) {
    this.argv = argv
    this.pid = child.pid ?? -1
    this.#child = child
    this.#ownGroup = ownGroup
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exit = { code, signal }
        resolve(this.#exit)
      })
    })
    child.on('error', () => {}) // A failed send or kill also rejects or answers at its call site.
    for (const stream of child.stdio) stream?.on('error', () => {}) // EPIPE of a dead reader is told by `exited`.
    child.on('message', (message) => {
      if (this.#listener === undefined) this.#early.push(message)
      else this.#listener(message)
    })
  }

  get isRunning(): boolean {
    return this.#exit === undefined
  }

  /** Our end of a piped stdio entry: 0 to write, 1 and 2 to read, 3 and up both. Throws `Bug` if not piped. */
  stream(index: number): Socket {
    const stream = this.#child.stdio[index]
    assert(stream instanceof Socket, `stdio ${index} of ${this.argv[0]} is not a pipe`)
    return stream
  }

  get stdin(): Socket {
    return this.stream(0)
  }

  get stdout(): Socket {
    return this.stream(1)
  }

  get stderr(): Socket {
    return this.stream(2)
  }

  /** Sends over the ipc channel. Throws `Trouble` when the other end is gone. */
  async send(message: object): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#child.send(message, (error) => {
        if (error === null) resolve()
        else reject(new Trouble('host.process', `Message to ${this.argv[0]} not sent: ${error.message}`))
      })
    })
  }

  /** Hands every ipc message to the one listener, those that came before it was set too. */
  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener
    for (const message of this.#early.splice(0)) listener(message)
  }

  /** Resolves when the ipc channel is closed: no message comes after. `exited` may resolve before the last one. */
  async channelClosed(): Promise<void> {
    if (this.#child.connected) await once(this.#child, 'disconnect')
  }

  /** Closes the ipc channel from our side: a worker takes it as the order to end. */
  closeChannel(): void {
    if (this.#child.connected) this.#child.disconnect()
  }

  /** Sends the signal, to the whole group of a detached process; false when it was gone already. */
  kill(signal: NodeJS.Signals): boolean {
    if (!this.isRunning) return false
    if (!this.#ownGroup) return this.#child.kill(signal)
    try {
      return process.kill(-this.pid, signal)
    } catch {
      return false
    }
  }

  /** SIGTERM, then SIGKILL after `graceMs`. Resolves when it is gone; `forced` says that SIGKILL was needed. */
  async terminate(graceMs: number): Promise<{ readonly exit: Exit; readonly forced: boolean }> {
    this.kill('SIGTERM')
    try {
      return { exit: await this.#goneWithin(graceMs), forced: false }
    } catch {
      this.kill('SIGKILL')
      return { exit: await this.#goneWithin(5000), forced: true }
    }
  }

  /** Waits for it again after `unref`: needed before awaiting `exited`. */
  ref(): void {
    this.#child.ref()
  }

  /** Lets our own process end while this one and its pipes are still there. */
  unref(): void {
    this.#child.unref()
    this.#child.channel?.unref()
    for (const stream of this.#child.stdio) if (stream instanceof Socket) stream.unref()
  }

  async #goneWithin(limitMs: number): Promise<Exit> {
    return new Deadline('host.process', `end of ${this.argv[0]} (pid ${this.pid})`, limitMs).race(this.exited)
  }
}

function spawnTrouble(program: string, options: SpawnOptions, error: unknown): Trouble {
  const stage = options.stage ?? 'host.process'
  const code = errnoOf(error)
  // The system reports a missing directory as a missing program: say which of the two it is.
  const { cwd } = options
  if (code === 'ENOENT' && cwd !== undefined && !statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    return new Trouble(stage, `Cannot start ${program}: no directory ${cwd}`, { cause: error })
  }
  const why: Record<string, string> = { ENOENT: 'no such program', EACCES: 'permission denied' }
  const known = code === undefined ? undefined : why[code]
  return new Trouble(stage, `Cannot start ${program}: ${known ?? messageOf(error)}`, {
    cause: error,
    lasting: known !== undefined,
    ...(code === 'ENOENT' ? { hint: `Install the package that has ${program}, or correct PATH` } : {}),
  })
}
