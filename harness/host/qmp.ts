/** How do we talk to a running QEMU? A small client of the QEMU Machine Protocol (docs/interop/qmp-spec in QEMU). */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { once } from 'node:events'
import { Deadline } from '../base/deadline.ts'
import { Trouble, messageOf } from '../base/errors.ts'
import { poll } from '../base/poll.ts'

const stage = 'qemu.qmp'

/** Something that QEMU said unasked, such as SHUTDOWN or STOP. `seconds` is QEMU's wall clock. */
export interface QmpEvent {
  readonly name: string
  readonly data: unknown
  readonly seconds: number
}

interface QmpLine {
  readonly QMP?: unknown
  readonly id?: number
  readonly return?: unknown
  readonly error?: { readonly class: string; readonly desc: string }
  readonly event?: string
  readonly data?: unknown
  readonly timestamp?: { readonly seconds: number; readonly microseconds: number }
}

interface Waiting {
  readonly command: string
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Trouble) => void
}

/** QEMU refused a command. `errorClass` is its word, such as GenericError or CommandNotFound. */
export class QmpRefusal extends Trouble {
  readonly command: string
  readonly errorClass: string

  constructor(command: string, errorClass: string, description: string) {
    super(stage, `QEMU refused ${command}: ${description} (${errorClass})`)
    this.name = 'QmpRefusal'
    this.command = command
    this.errorClass = errorClass
  }
}

/** One connection, ready for commands. */
export class Qmp {
  /** Resolves when the connection is gone, for whatever reason. */
  readonly closed: Promise<void>
  readonly #socket: Socket
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Set<(event: QmpEvent) => void>()
  #greeted: Waiting | undefined
  #lastId = 0
  #lost: Trouble | undefined

  /** Only `Qmp.over` and `Qmp.connect` make these. */
  constructor(socket: Socket) {
    this.#socket = socket
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#lose('QEMU closed the QMP connection')
        resolve()
      })
    })
    socket.on('error', (error) => this.#lose(`The QMP connection broke: ${error.message}`))
    // The interface repeats the socket's errors, and an error event without a listener ends the process.
    const lines = createInterface({ input: socket }).on('error', () => {})
    lines.on('line', (line) => this.#take(line))
  }

  /** Greets over a socket that is connected already (a piped stdio entry serves). Throws `Trouble`. */
  static async over(socket: Socket, deadline: Deadline): Promise<Qmp> {
    const qmp = new Qmp(socket)
    try {
      await deadline.race(
        new Promise<unknown>((resolve, reject) => {
          qmp.#greeted = { command: 'greeting', resolve, reject }
        }),
      )
      await qmp.execute('qmp_capabilities', {}, deadline.leftMs)
    } catch (error) {
      qmp.close()
      throw error
    }
    return qmp
  }

  /**
   * Connects to the unix socket, as soon as QEMU has made it. Throws `Trouble` at the deadline, or as soon as `ended`
   * resolves: a QEMU that is gone makes no socket any more.
   */
  static async connect(path: string, deadline: Deadline, ended?: Promise<unknown>): Promise<Qmp> {
    let seen = 'never tried'
    let isGone = false
    void ended?.then(() => {
      isGone = true
    })
    const tryOnce = async (): Promise<Socket | undefined> => {
      if (isGone) throw new Trouble(stage, `QEMU ended before it answered; last seen: ${seen}`)
      const socket = connect(path)
      try {
        await once(socket, 'connect')
        return socket
      } catch (error) {
        seen = messageOf(error)
        return undefined
      }
    }
    return Qmp.over(await poll(deadline, tryOnce, { everyMs: 10, seen: () => seen }), deadline)
  }

  /** Runs one command and gives what it returned. Throws `QmpRefusal`, or `Trouble` when lost or late. */
  async execute(command: string, args: object = {}, limitMs = 10_000): Promise<unknown> {
    if (this.#lost) throw this.#lost
    const id = ++this.#lastId
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { command, resolve, reject })
    })
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`)
    try {
      return await new Deadline(stage, `QMP ${command}`, limitMs).race(answer)
    } finally {
      this.#waiting.delete(id)
    }
  }

  /** Calls the listener for each event from now on; the answer stops it. */
  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The next event of that name, from now on. Throws `Trouble` when the connection is lost or the deadline passes. */
  async nextEvent(name: string, deadline: Deadline): Promise<QmpEvent> {
    const stops: (() => void)[] = []
    const came = new Promise<QmpEvent>((resolve, reject) => {
      const take = (event: QmpEvent): void => {
        if (event.name === name) resolve(event)
      }
      stops.push(this.onEvent(take))
      void this.closed.then(() => reject(this.#lost))
    })
    try {
      return await deadline.race(came)
    } finally {
      for (const stop of stops) stop()
    }
  }

  /** Closes the connection; QEMU lives on. Commands in flight are rejected. */
  close(): void {
    this.#lose('The QMP connection was closed by us')
    this.#socket.destroy()
  }

  #take(line: string): void {
    let said: QmpLine
    try {
      said = JSON.parse(line)
    } catch {
      this.#lose(`Not a QMP line: ${line.slice(0, 200)}`)
      this.#socket.destroy()
      return
    }
    if (said.QMP !== undefined) this.#greeted?.resolve(said.QMP)
    else if (said.event !== undefined) this.#tell(said.event, said)
    else if (said.id !== undefined) this.#answer(said.id, said)
    else this.#lose(`QEMU could not read our line: ${said.error?.desc ?? line.slice(0, 200)}`)
  }

  #answer(id: number, said: QmpLine): void {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return // The answer to a command that we gave up on.
    if (said.error) waiting.reject(new QmpRefusal(waiting.command, said.error.class, said.error.desc))
    else waiting.resolve(said.return)
  }

  #tell(name: string, said: QmpLine): void {
    const { seconds, microseconds } = said.timestamp ?? { seconds: 0, microseconds: 0 }
    const event = { name, data: said.data, seconds: seconds + microseconds / 1e6 }
    for (const listener of this.#listeners) listener(event)
  }

  #lose(why: string): void {
    this.#lost ??= new Trouble(stage, why)
    for (const waiting of [this.#greeted, ...this.#waiting.values()]) waiting?.reject(this.#lost)
    this.#waiting.clear()
  }
}
