/** An irq in the hands of a scenario: looked at, and written to. */
import type { DeviceName } from '../guest/device-names.ts'
import type { IrqWithStimulus } from '../guest/irq-with-stimulus.ts'
import type { NicIrqs } from '../guest/nic.ts'
import type { CpuMask } from '../irq/cpu-mask.ts'
import type { InputFile } from '../irq/input.ts'
import type { Experiment } from './experiment.ts'
import type { Move } from './move.ts'

/** An irq with a stimulus in the hands of a scenario: an rx queue, or a device of the machine. */
export interface IrqUnderTest {
  /** What the irq serves: `input.0`, `virtio-serial`, `ttyS1`, `ahci`. */
  readonly name: string
  readonly irq: {
    readonly number: number
    /** The CPU that the hardware is programmed for now, as effective_affinity_list shows it. */
    effective(): Promise<CpuMask>
    /** Writes a mask to smp_affinity_list, or to smp_affinity as hex. A refusal is evidence, not an exception. */
    request(mask: CpuMask, options?: { readonly as?: 'list' | 'hex' }): Promise<Move>
    /** Writes any text, one character a byte, with one write(2): what must become of it is predicted. */
    write(file: InputFile, text: string): Promise<Move>
  }
}

/** Puts an irq into the hands of a scenario. */
export function underTest(target: IrqWithStimulus, experiment: Experiment): IrqUnderTest {
  return {
    name: target.name,
    irq: {
      number: target.irq.number,
      effective: () => experiment.effective(target),
      request: (mask, options) => experiment.request(target, mask, options?.as ?? 'list'),
      write: (file, text) => experiment.write(target, file, text),
    },
  }
}

/** The irqs of the NIC that are under test only where a scenario asks for them. */
export function otherIrqsOf({ txQueues, config }: NicIrqs): readonly IrqWithStimulus[] {
  return config === undefined ? txQueues : [...txQueues, config]
}

/** The devices of a machine by name. Each throws `RangeError` where the machine does not declare it. */
export function devicesOf(devices: readonly IrqUnderTest[]): Readonly<Record<DeviceName, IrqUnderTest>> {
  const named = (name: DeviceName): IrqUnderTest => {
    const found = devices.find((device) => device.name === name)
    if (found === undefined)
      throw new RangeError(`no ${name} here: declare it, machine: { devices: ['${name}'] }`)
    return found
  }
  return {
    get 'virtio-serial'() {
      return named('virtio-serial')
    },
    get ttyS1() {
      return named('ttyS1')
    },
    get ahci() {
      return named('ahci')
    },
    get intx() {
      return named('intx')
    },
    get 'virtio-blk'() {
      return named('virtio-blk')
    },
    get nvme() {
      return named('nvme')
    },
  }
}
