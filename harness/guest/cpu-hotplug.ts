/** Taking CPUs of the guest offline and back online, with a mark in the trace on both sides of the act. */
import { Trouble } from '../base/errors.ts'
import { actMarker } from '../irq/act-markers.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { GuestCommands } from './commands.ts'
import { TRACEFS } from './tracing.ts'

/** The CPUs of one guest. */
export class CpuHotplug {
  readonly #guest: Pick<GuestCommands, 'run'>
  readonly #offline = new Set<number>()

  constructor(guest: Pick<GuestCommands, 'run'>) {
    this.#guest = guest
  }

  /**
   * Takes a CPU offline: its irqs are moved away by the kernel before this returns (kernel/cpu.c, stop_machine). Throws
   * `Trouble` when the kernel refuses, which it rightly does for CPU 0 of an x86 machine.
   */
  async offline(cpu: number): Promise<void> {
    await this.#write(cpu, 0)
    this.#offline.add(cpu)
  }

  /** Brings a CPU back. Throws `Trouble` when the kernel refuses. */
  async online(cpu: number): Promise<void> {
    await this.#write(cpu, 1)
    this.#offline.delete(cpu)
  }

  /** Those that are offline now, by these acts. */
  get gone(): CpuMask {
    return CpuMask.of(...this.#offline)
  }

  /** Undoes what was not undone: all CPUs are online again. */
  async restore(): Promise<void> {
    for (const cpu of this.#offline) await this.online(cpu)
  }

  async #write(cpu: number, value: 0 | 1): Promise<void> {
    const [before, after] =
      value === 0 ? (['offline', 'offlined'] as const) : (['online', 'onlined'] as const)
    const output = await this.#guest.run(
      [
        `echo '${actMarker(before, { cpu })}' >${TRACEFS}/trace_marker`,
        `{ echo ${value} >/sys/devices/system/cpu/cpu${cpu}/online; } 2>/run/irqlab-error; s=$?`,
        `echo "${actMarker(after, { cpu })} status=$s" >${TRACEFS}/trace_marker`,
        'e=; [ $s = 0 ] || read -r e </run/irqlab-error',
        'echo "hotplug status=$s error=$e"',
      ].join('\n'),
    )
    const [, status, error = ''] = /^hotplug status=(\d+) error=(.*)$/m.exec(output) ?? []
    if (status === '0') return
    const why = status === undefined ? output.trim() : error
    throw new Trouble('guest.hotplug', `CPU ${cpu} cannot be taken ${before}: ${why}`)
  }
}
