/**
 * All that a scenario may do to its guest beside writing and probing: made for one run, and undone when the body has ended, each by
 * its own.
 */
import { NotApplicable } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import { CpuHotplug } from '../guest/cpu-hotplug.ts'
import { CpuSlots } from '../guest/cpu-slots.ts'
import type { DeviceName } from '../guest/device-names.ts'
import type { Guest } from '../guest/guest.ts'
import { Handler } from '../guest/handler.ts'
import { IrqDefault } from '../guest/irq-default.ts'
import { Irqbalance } from '../guest/irqbalance.ts'
import { NapiDeferral } from '../guest/napi-deferral.ts'
import { NicDriver } from '../guest/nic-driver.ts'
import { Suspend } from '../guest/suspend.ts'
import { TRACEFS } from '../guest/tracefs.ts'
import { VectorHogs } from '../guest/vector-hogs.ts'
import type { Qmp } from '../host/qmp.ts'
import { actMarker } from '../irq/act-markers.ts'
import type { Job } from './job.ts'
import type { ReadyGuest } from './asked-guest.ts'

/** What only QEMU could do cannot be done without it. */
const NO_QEMU: Pick<Qmp, 'execute'> = {
  execute: () =>
    Promise.reject(new NotApplicable('QEMU', 'this machine is not ours: there is no QEMU to ask')),
}

/** The acts of one run, and the end of them. */
export class GuestActs {
  readonly cpus: CpuHotplug
  readonly irqDefault: IrqDefault
  readonly napi: NapiDeferral
  readonly vectors: VectorHogs
  readonly nic: NicDriver
  readonly irqbalance: Irqbalance
  readonly suspend: Suspend
  readonly handlerOf: (device: DeviceName) => Handler

  readonly #commands: Guest['commands']

  constructor(
    { guest, inventory, states, watched }: ReadyGuest,
    { machine }: Pick<Job, 'machine'>,
    limits: Limits,
  ) {
    const { commands, qmp = NO_QEMU } = guest
    this.#commands = commands
    this.nic = new NicDriver(commands, states, inventory.nic, watched)
    this.irqbalance = new Irqbalance(commands)
    this.suspend = new Suspend(commands)
    this.cpus = new CpuHotplug(commands, inventory.onlineCpus, new CpuSlots(commands, qmp, limits))
    this.irqDefault = new IrqDefault(commands)
    this.napi = new NapiDeferral(commands)
    this.vectors = new VectorHogs(commands, machine.vectorHogs)
    this.handlerOf = (name) => {
      const device = inventory.devices.find((candidate) => candidate.name === name)
      if (device === undefined) throw new RangeError(`no ${name} in this guest`)
      return new Handler(commands, device, limits)
    }
  }

  /** Undoes them all, in an order in which none stands in the way of the next. Throws `Trouble`. */
  async restore(): Promise<void> {
    await this.#commands.run(`echo '${actMarker('body-end', {})}' >${TRACEFS}/trace_marker`)
    await this.irqbalance.stop()
    await this.cpus.restore()
    await this.irqDefault.restore()
    await this.napi.restore()
    await this.vectors.restore()
  }
}
