/** Taking CPUs of the guest offline and back online, with a mark in the trace on both sides of the act. */
import { Trouble } from '../base/errors.ts'
import { actMarker } from '../irq/act-markers.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { GuestCommands } from './commands.ts'
import type { CpuSlots } from './cpu-slots.ts'
import { TRACEFS } from './tracefs.ts'

/** The CPUs of one guest. */
export class CpuHotplug {
  readonly #guest: Pick<GuestCommands, 'run'>
  readonly #slots: Pick<CpuSlots, 'plug' | 'unplug'>
  readonly #offline = new Set<number>()
  #online: CpuMask

  /** `online`: the CPUs that are online now. */
  constructor(guest: Pick<GuestCommands, 'run'>, online: CpuMask, slots: Pick<CpuSlots, 'plug' | 'unplug'>) {
    this.#guest = guest
    this.#online = online
    this.#slots = slots
  }

  /** The CPUs that our acts have left online. */
  get onlineNow(): CpuMask {
    return this.#online
  }

  /** Plugs a CPU in, brings it online and gives its number. Throws `RangeError` when there is no place for it, `Trouble`. */
  async add(): Promise<number> {
    const cpu = await this.#slots.plug()
    await this.online(cpu)
    return cpu
  }

  /** Takes a CPU offline and unplugs it. Throws `RangeError` for one that was not added, `Trouble` when the kernel refuses. */
  async remove(cpu: number): Promise<void> {
    await this.offline(cpu)
    await this.#slots.unplug(cpu)
    this.#offline.delete(cpu)
  }

  /**
   * Takes a CPU offline: its irqs are moved away by the kernel before this returns (kernel/cpu.c, stop_machine). Throws
   * `Trouble` when the kernel refuses, which it rightly does for CPU 0 of an x86 machine.
   */
  async offline(cpu: number): Promise<void> {
    await this.#write(cpu, 0)
    this.#offline.add(cpu)
    this.#online = this.#online.minus(CpuMask.of(cpu))
  }

  /** Brings a CPU back. Throws `Trouble` when the kernel refuses. */
  async online(cpu: number): Promise<void> {
    await this.#write(cpu, 1)
    this.#offline.delete(cpu)
    this.#online = this.#online.union(CpuMask.of(cpu))
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
