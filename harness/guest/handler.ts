/** Closing and opening ttyS1, with a mark in the trace on both sides: its irq has a handler only while it is open. */
import { Trouble } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import { poll } from '../base/poll.ts'
import { actMarker } from '../irq/act-markers.ts'
import type { GuestCommands } from './commands.ts'
import { readerCommand, type TestDevice } from './devices.ts'
import { TRACEFS } from './tracefs.ts'

/** The only device whose driver frees its irq at the last close (drivers/tty/serial/8250/8250_core.c, 5.10 to 7.3). */
const CLOSABLE = 'ttyS1'

/** Takes an irq's handler away and gives it one again. */
export class Handler {
  readonly #guest: Pick<GuestCommands, 'run'>
  readonly #device: TestDevice
  readonly #limits: Limits

  /** Throws `RangeError` for a device that keeps its irq when nobody has it open. */
  constructor(guest: Pick<GuestCommands, 'run'>, device: TestDevice, limits: Limits) {
    if (device.name !== CLOSABLE)
      throw new RangeError(`${device.name} keeps its irq: only ${CLOSABLE} can be closed`)
    this.#guest = guest
    this.#device = device
    this.#limits = limits
  }

  /** Ends the process that has the device open, and waits until the irq has no handler. Throws `Trouble`. */
  async close(): Promise<void> {
    const { node } = this.#device
    await this.#act(
      'close',
      'closed',
      `for p in /proc/[0-9]*; do [ "$p/fd/0" -ef ${node} ] && kill \${p#/proc/}; done`,
      false,
    )
  }

  /** Opens the device again, and waits until the irq has a handler. Throws `Trouble`. */
  async open(): Promise<void> {
    await this.#act('open', 'opened', readerCommand(this.#device), true)
  }

  async #act(
    before: 'close' | 'open',
    after: 'closed' | 'opened',
    script: string,
    wanted: boolean,
  ): Promise<void> {
    const { irq, name } = this.#device
    const mark = (verb: typeof before | typeof after) =>
      `echo '${actMarker(verb, { irq: irq.number })}' >${TRACEFS}/trace_marker`
    await this.#guest.run(`${mark(before)}\n${script}`)
    await poll(
      this.#limits.deadline(
        'guest.command',
        `The ${before === 'close' ? 'end' : 'start'} of the handler of ${name}`,
      ),
      async () => {
        const output = await this.#guest.run(
          `a=; read -r a </sys/kernel/irq/${irq.number}/actions; echo "actions=$a"`,
        )
        const actions = /^actions=(.*)$/m.exec(output)?.[1]
        if (actions === undefined)
          throw new Trouble('guest.handler', `irq ${irq.number} cannot be read: ${output.trim()}`)
        return (actions !== '') === wanted || undefined
      },
      { everyMs: 20 },
    )
    await this.#guest.run(mark(after))
  }
}
