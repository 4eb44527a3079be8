/** Plugging CPUs into the running guest, and out of it: places that its machine keeps free, by QMP and ACPI. */
import { z } from 'zod'
import { Trouble } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import { poll } from '../base/poll.ts'
import type { Qmp } from '../host/qmp.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { GuestCommands } from './commands.ts'

/** QMP query-hotpluggable-cpus: one for each CPU that there can be; those that are there have a path. */
const slotsSchema = z.array(
  z.looseObject({
    type: z.string(),
    props: z.record(z.string(), z.int()),
    'qom-path': z.string().optional(),
  }),
)

const PRESENT = '/sys/devices/system/cpu/present'

/** The places for CPUs of one guest. */
export class CpuSlots {
  readonly #guest: Pick<GuestCommands, 'run'>
  readonly #qmp: Pick<Qmp, 'execute'>
  readonly #limits: Limits
  /** What QEMU calls the CPUs that were plugged in, by the kernel's number. */
  readonly #plugged = new Map<number, string>()

  constructor(guest: Pick<GuestCommands, 'run'>, qmp: Pick<Qmp, 'execute'>, limits: Limits) {
    this.#guest = guest
    this.#qmp = qmp
    this.#limits = limits
  }

  /**
   * Plugs a CPU into the first free place and gives the number that the kernel has for it: present, and not online yet.
   * Throws `RangeError` when the machine has no place left, `Trouble` when the kernel does not take it.
   */
  async plug(): Promise<number> {
    const slots = slotsSchema.parse(await this.#qmp.execute('query-hotpluggable-cpus'))
    const [free] = slots
      .filter((slot) => slot['qom-path'] === undefined)
      .toSorted((a, b) => placeOf(a.props) - placeOf(b.props))
    if (free === undefined)
      throw new RangeError('this machine has no place for one more CPU: machine: { spareCpus: 1 }')
    const before = await this.#present()
    const id = `cpu-${placeOf(free.props)}`
    await this.#qmp.execute('device_add', { driver: free.type, id, ...free.props })
    const cpu = await poll(
      this.#limits.deadline('boot.device', 'The appearance of the CPU that was plugged in'),
      async () => (await this.#present()).minus(before).cpus[0],
      { everyMs: 20 },
    )
    this.#plugged.set(cpu, id)
    return cpu
  }

  /** Takes a CPU out that `plug` put in, and waits until the kernel has let go of it. Throws `RangeError` for another, `Trouble`. */
  async unplug(cpu: number): Promise<void> {
    const id = this.#plugged.get(cpu)
    if (id === undefined)
      throw new RangeError(`CPU ${cpu} was not plugged in: only such a one can be taken out`)
    await this.#qmp.execute('device_del', { id })
    await poll(
      this.#limits.deadline('boot.device', 'The end of the CPU that was taken out'),
      async () => !(await this.#present()).has(cpu) || undefined,
      { everyMs: 20 },
    )
    this.#plugged.delete(cpu)
  }

  async #present(): Promise<CpuMask> {
    const output = await this.#guest.run(`read -r p <${PRESENT}; echo "present $p"`)
    const list = /^present (\S+)$/m.exec(output)?.[1]
    if (list === undefined)
      throw new Trouble('guest.hotplug', `The guest does not say which CPUs it has: ${output.trim()}`)
    return CpuMask.fromList(list, PRESENT)
  }
}

/** Order of the places: QEMU lists them the last first. */
function placeOf(props: Readonly<Record<string, number>>): number {
  return ['socket-id', 'die-id', 'core-id', 'thread-id'].reduce(
    (place, key) => place * 1024 + (props[key] ?? 0),
    0,
  )
}
