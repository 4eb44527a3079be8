/**
 * The one SSH connection of a run, and the only file that knows `ssh2`.
 * ssh2 reports a lost peer in three ways (a synchronous throw, an error callback, a silent close);
 * all of them become one `Trouble` here.
 */
import { connect as connectSocket, type Socket } from 'node:net'
import { constants } from 'node:os'
import ssh2, {
  type Client,
  type ClientChannel,
  type PseudoTtyOptions,
  type ServerHostKeyAlgorithm,
} from 'ssh2'
import { messageOf, Trouble } from '../base/errors.ts'
import type { Deadline } from '../base/deadline.ts'
import type { HostKeyRule } from './host-key.ts'

/** An open channel: the guest's end of one command. */
export type SshChannel = ClientChannel

/** A person's terminal, or what stands in for it: pipes have none of the optional parts. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & {
    readonly isTTY?: boolean
    readonly setRawMode?: (raw: boolean) => unknown
  }
  readonly output: NodeJS.WritableStream & {
    readonly isTTY?: boolean
    readonly rows?: number
    readonly columns?: number
  }
  readonly errors: NodeJS.WritableStream
}

/** What proves who we are. */
export type SshKey =
  /** The text of a private key without a passphrase, in a format ssh2 reads (OpenSSH or PEM). */
  | { readonly privateKey: string }
  /** The socket of an agent, as in SSH_AUTH_SOCK: it offers the keys that it holds. */
  | { readonly agent: string }

/** Where to connect, as whom, and which host key to expect there. */
export interface SshTarget {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly key: SshKey
  readonly hostKey: HostKeyRule
}

/** A connection that is logged in, until it is closed or lost. */
export class SshConnection {
  readonly #client: Client
  readonly #lost: Promise<Trouble>

  private constructor(client: Client, lost: Promise<Trouble>) {
    this.#client = client
    this.#lost = lost
  }

  /** Resolves, never rejects, when the connection is gone for whatever reason. */
  get lost(): Promise<Trouble> {
    return this.#lost
  }

  /**
   * Connects, authenticates and checks the host key.
   * Throws `Trouble` at stage `ssh.connect`, `ssh.handshake` or `ssh.login`.
   */
  static async connect(target: SshTarget, deadline: Deadline): Promise<SshConnection> {
    // Our own socket: ssh2 leaves Nagle's algorithm on, which costs 50 to 95 ms a command (measured).
    const socket = connectSocket({ host: target.host, port: target.port, noDelay: true })
    const client = new ssh2.Client()
    let isReady = false
    const before = (stage: string) => (isReady ? 'ssh.connection' : stage)
    const lost = new Promise<Trouble>((resolve) => {
      // These listeners stay for good: after a clean end dropbear may still answer ECONNRESET.
      client.on('error', (error) => resolve(troubleOf(error, before('ssh.handshake'))))
      socket.on('error', (error) => resolve(troubleOf(error, before('ssh.connect'))))
      client.on('close', () =>
        resolve(new Trouble(before('ssh.handshake'), 'The SSH connection was closed by the guest')),
      )
    })
    const ready = new Promise<void>((resolve) => {
      client.once('ready', () => {
        isReady = true
        resolve()
      })
    })
    try {
      begin(client, socket, target)
      await deadline.race(Promise.race([ready, lost.then((trouble) => Promise.reject(trouble))]))
    } catch (error) {
      client.destroy()
      destroy(socket)
      throw error
    }
    return new SshConnection(client, lost)
  }

  /** Opens a channel that runs `command`. Throws `Trouble` when the connection is gone. */
  async open(command: string, deadline: Deadline): Promise<ClientChannel> {
    const opened = new Promise<ClientChannel>((resolve, reject) => {
      try {
        this.#client.exec(command, (error, channel) => {
          if (error === undefined) resolve(channel)
          else reject(troubleOf(error))
        })
      } catch (error) {
        reject(troubleOf(error))
      }
    })
    return deadline.race(Promise.race([opened, this.#lost.then((trouble) => Promise.reject(trouble))]))
  }

  /**
   * Runs one command in a channel of its own, with `input` or without any, and gives its status and what it printed, both streams together.
   * Throws `Trouble` when the connection is gone or the deadline passes.
   */
  async answer(
    command: string,
    deadline: Deadline,
    input?: Buffer,
  ): Promise<{ readonly status: number; readonly output: string }> {
    const channel = await this.open(command, deadline)
    let output = ''
    for (const stream of [channel, channel.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    channel.end(input)
    const gone = this.#lost.then((trouble) => Promise.reject(trouble))
    const status = await deadline.race(Promise.race([statusOf(channel), gone]))
    return { status, output }
  }

  /**
   * Joins a person's terminal to a shell on the guest, or runs a command there. Gives the exit status.
   * Throws `Trouble` when the guest goes away first.
   */
  async interact(command: string, terminal: Terminal): Promise<number> {
    const { input, output, errors } = terminal
    const tty = input.isTTY === true && output.isTTY === true
    const pty = tty
      ? { rows: output.rows ?? 24, cols: output.columns ?? 80, term: process.env['TERM'] ?? 'vt100' }
      : undefined
    const channel = await this.#openFor(command, pty)
    if (tty) input.setRawMode?.(true)
    input.pipe(channel)
    channel.pipe(output)
    channel.stderr.pipe(errors)
    try {
      return await Promise.race([statusOf(channel), this.#lost.then((trouble) => Promise.reject(trouble))])
    } finally {
      // Whatever happened, the person gets the terminal back.
      input.unpipe(channel)
      if (tty) input.setRawMode?.(false)
    }
  }

  #openFor(command: string, pty: PseudoTtyOptions | undefined): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      const opened = (error: Error | undefined, channel: ClientChannel) =>
        error === undefined ? resolve(channel) : reject(troubleOf(error))
      try {
        if (command === '') this.#client.shell(pty ?? false, opened)
        else this.#client.exec(command, pty === undefined ? {} : { pty }, opened)
      } catch (error) {
        reject(troubleOf(error))
      }
    })
  }

  /** Says good-bye in order: `lost` resolves when the guest has closed its side too. */
  end(): void {
    this.#client.end()
  }

  /** Closes the connection at once; no answer is awaited. */
  close(): void {
    this.#client.end()
    this.#client.destroy()
  }
}

/** With the first of these that the server has, too: the cheapest, as the guest may run every instruction in software. */
const KEY_EXCHANGES = ['curve25519-sha256', 'curve25519-sha256@libssh.org'] as const
/** For servers that a person's own policy keeps from curve25519 (FIPS). */
const OTHER_KEY_EXCHANGES = [
  'ecdh-sha2-nistp256',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group14-sha256',
] as const

function begin(client: Client, socket: Socket, target: SshTarget): void {
  const { user, key, hostKey } = target
  try {
    client.connect({
      sock: socket,
      username: user,
      ...key,
      readyTimeout: 0,
      hostVerifier: (shown: Buffer) => hostKey.accepts(shown.toString('base64')),
      algorithms: {
        kex: [...KEY_EXCHANGES, ...OTHER_KEY_EXCHANGES],
        ...(hostKey.algorithms === undefined
          ? {}
          : { serverHostKey: [...hostKey.algorithms] as ServerHostKeyAlgorithm[] }),
      },
    })
  } catch (error) {
    // Of all that is given here only the key can be malformed.
    throw new Trouble('ssh.login', `SSH failed: ${messageOf(error)}`, {
      cause: error,
      lasting: true,
      hint: 'a key with a passphrase cannot be read here: load it into an agent (ssh-add)',
    })
  }
}

/** How a command ended, as a shell would say it: 128 and the number of a signal that killed it. */
function statusOf(channel: ClientChannel): Promise<number> {
  return new Promise((resolve, reject) => {
    channel.once('close', (code: number | null | undefined, signal: NodeJS.Signals | undefined) => {
      if (typeof code === 'number') resolve(code)
      else if (signal !== undefined) resolve(128 + (constants.signals[signal] ?? 0))
      // Without an exit status nobody knows what became of the command.
      else reject(new Trouble('ssh.connection', 'The SSH connection was closed by the guest'))
    })
  })
}

const STAGE_BY_LEVEL: Readonly<Record<string, string>> = {
  'client-socket': 'ssh.connect',
  'client-timeout': 'ssh.connect',
  handshake: 'ssh.handshake',
  protocol: 'ssh.handshake',
  'client-authentication': 'ssh.login',
}

function troubleOf(error: unknown, otherwise = 'ssh.connection'): Trouble {
  if (error instanceof Trouble) return error
  const level = error instanceof Error && 'level' in error ? String(error.level) : ''
  const stage = STAGE_BY_LEVEL[level] ?? otherwise
  const said = messageOf(error)
  // Another machine than the one that we mean stays another machine.
  return new Trouble(stage, `SSH failed: ${said}`, {
    cause: error,
    lasting: /verification failed/.test(said),
  })
}

function destroy(socket: Socket): void {
  socket.removeAllListeners('error')
  socket.on('error', () => undefined)
  socket.destroy()
}
