/** Suspend to idle: the guest's processes are frozen, its drivers suspended, its irqs disabled, until ttyS1 fires. */
import { pause } from '../base/poll.ts'
import { act } from './acts.ts'
import type { GuestCommands } from './commands.ts'

/** Its driver keeps the irq when the port may wake the system (drivers/tty/serial/serial_core.c:uart_suspend_port). */
const MAY_WAKE = 'echo enabled >/sys/class/tty/ttyS1/power/wakeup'

/** So long after the command every driver was suspended; nothing of the guest can say so. */
const FALLING_ASLEEP_MS = 2500

/** One guest that is sent to sleep, and woken by an interrupt of ttyS1. */
export class Suspend {
  readonly #guest: Pick<GuestCommands, 'run'>
  #sleep: Promise<unknown> = Promise.resolve()

  constructor(guest: Pick<GuestCommands, 'run'>) {
    this.#guest = guest
  }

  /** Sends it to sleep. No command of the guest is answered before it is awake again. `pairs`: of the NIC under test. */
  async fallAsleep(pairs: number): Promise<void> {
    this.#sleep = act(this.#guest, 'freeze', `${MAY_WAKE} && echo freeze >/sys/power/state`, { pairs })
    // Whatever becomes of it is told by `awake`.
    this.#sleep.catch(() => undefined)
    await pause(FALLING_ASLEEP_MS)
  }

  /** Waits until it is awake. Throws `Trouble` when the kernel refused to sleep, or does not wake up. */
  async awake(): Promise<void> {
    await this.#sleep
  }
}
