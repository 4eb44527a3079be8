/** What a scenario can do to the driver of the NIC, and to irqbalance: and the writes of theirs that come of it, as moves. */
import { Trouble } from '../base/errors.ts'
import type { Irqbalance } from '../guest/irqbalance.ts'
import type { NicDriver } from '../guest/nic-driver.ts'
import type { IrqWithStimulus } from '../guest/irq-with-stimulus.ts'
import type { CpuMask } from '../irq/cpu-mask.ts'
import { virtnetHints } from '../irq/virtnet-hints.ts'
import type { Experiment } from './experiment.ts'
import type { Move } from './move.ts'

/** The driver of the NIC under test. */
export interface Driver {
  /** The masks that it will write, one for each queue pair in use, with these CPUs online: a prediction. */
  hints(online: CpuMask, pairs: number): readonly CpuMask[]
  /**
   * Runs an act in which the driver will write these masks, one for each rx queue in turn. Each of its writes is a move like
   * one of ours, and obeys the same laws.
   */
  writes(masks: readonly CpuMask[], act: () => Promise<void>): Promise<readonly Move[]>
  /** Takes the interface down, and up again. */
  down(): Promise<void>
  up(): Promise<void>
  /** `ethtool -L combined PAIRS`. The flows have to be learnt again: `traffic.discover`. */
  channels(pairs: number): Promise<void>
  /** Unbinds the driver and binds it again: `nic.rxQueues` are others afterwards, and flows have to be learnt again. */
  rebind(): Promise<void>
  /** Threaded NAPI: who polls the queue is no matter of the irq. */
  threaded(isOn: boolean): Promise<void>
}

/** irqbalance in the guest. */
export interface Balancer {
  start(): Promise<void>
  stop(): Promise<void>
}

/** What they are made of. */
export interface DriverParts {
  readonly nic: NicDriver
  readonly experiment: Experiment
  /** Flows that were learnt are forgotten. */
  readonly forgetFlows: () => void
}

/** Puts a scenario's driver together. */
export function driverOf({ nic, experiment, forgetFlows }: DriverParts): Driver {
  return {
    hints: virtnetHints,
    writes: async (masks, act) => {
      const targets = nic.rxQueues.slice(0, masks.length)
      if (targets.length < masks.length)
        throw new RangeError(`${masks.length} masks for ${targets.length} rx queues`)
      const moves = await experiment.adopt(targets, masks, act)
      return moves.flatMap((move) => move ?? [])
    },
    down: () => nic.down(),
    up: () => nic.up(),
    channels: async (pairs) => {
      await nic.channels(pairs)
      forgetFlows()
    },
    rebind: async () => {
      await nic.rebind()
      forgetFlows()
    },
    threaded: (isOn) => nic.threaded(isOn),
  }
}

/** Waits until irqbalance has written to each of the irqs, and ends it. Throws `Trouble` when it writes to none of them. */
export async function balanced(
  irqbalance: Irqbalance,
  experiment: Experiment,
  targets: readonly IrqWithStimulus[],
): Promise<readonly Move[]> {
  const moves = await experiment.adopt(
    targets,
    targets.map(() => undefined),
    () => irqbalance.start(),
    () => irqbalance.stop(),
  )
  const made = moves.flatMap((move) => move ?? [])
  if (made.length > 0) return made
  throw new Trouble(
    'scenario.irqbalance',
    `irqbalance wrote to none of ${targets.map(({ name }) => name).join(', ')}`,
  )
}
