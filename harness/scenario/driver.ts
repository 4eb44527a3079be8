/** What a scenario can do to the driver of the NIC, and to irqbalance: and the writes of theirs that come of it, as moves. */
import { Trouble } from '../base/errors.ts'
import type { Irqbalance } from '../guest/irqbalance.ts'
import type { NicDriver } from '../guest/nic-driver.ts'
import type { IrqWithStimulus } from '../guest/irq-with-stimulus.ts'
import type { Suspend } from '../guest/suspend.ts'
import type { CpuMask } from '../irq/cpu-mask.ts'
import { virtnetHints } from '../irq/virtnet-hints.ts'
import type { Experiment } from './experiment.ts'
import type { Move } from './move.ts'

/** The driver of the NIC under test. */
export interface Driver<T = IrqWithStimulus> {
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
  /** Unbinds the driver and binds it again: `nic.irqs.rxQueues` are others afterwards, and flows have to be learnt again. */
  rebind(): Promise<void>
  /**
   * Suspends the system to idle, and wakes it by one probe of ttyS1. `nic.irqs.rxQueues` are others afterwards, and flows have to be
   * learnt again.
   */
  sleep(options: { readonly wokenBy: T }): Promise<void>
  /** Threaded NAPI: who polls the queue is no matter of the irq. */
  threaded(isOn: boolean): Promise<void>
}

/** irqbalance in the guest, as it is acted on; `writes` says which irqs by what they are to it. */
export interface Balancer<T = IrqWithStimulus> {
  /** It uses no CPU of `without`. */
  start(options?: { readonly without?: CpuMask }): Promise<void>
  stop(): Promise<void>
  /**
   * Starts it, waits until it has written to these irqs, and ends it unless it shall `stay`: its writes, each a move like one of
   * ours.
   */
  writes(
    targets: readonly T[],
    options?: { readonly without?: CpuMask; readonly stay?: boolean },
  ): Promise<readonly Move[]>
}

/** What they are made of. */
export interface DriverParts {
  readonly nic: NicDriver
  readonly suspend: Suspend
  readonly experiment: Experiment
  /** Flows that were learnt are forgotten. */
  readonly forgetFlows: () => void
}

/** Puts a scenario's driver together. */
export function driverOf({ nic, suspend, experiment, forgetFlows }: DriverParts): Driver {
  return {
    hints: virtnetHints,
    writes: async (masks, act) => {
      const targets = nic.irqs.rxQueues.slice(0, masks.length)
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
    sleep: async ({ wokenBy }) => {
      await experiment.probeAfter(wokenBy, () => suspend.fallAsleep(nic.irqs.rxQueues.length))
      await suspend.awake()
      await nic.findAgain()
      forgetFlows()
    },
    threaded: (isOn) => nic.threaded(isOn),
  }
}

/** Puts a scenario's irqbalance together. */
export function balancerOf(irqbalance: Irqbalance, experiment: Experiment): Balancer {
  return {
    start: (options) => irqbalance.start(options),
    stop: () => irqbalance.stop(),
    writes: async (targets, options) => {
      const moves = await experiment.adopt(
        targets,
        targets.map(() => undefined),
        () => irqbalance.start(options),
        { end: options?.stay === true ? undefined : () => irqbalance.stop(), by: 'irqbalance' },
      )
      const silent = targets.filter((_, at) => moves[at] === undefined).map(({ name }) => name)
      if (silent.length > 0)
        throw new Trouble('scenario.irqbalance', `irqbalance wrote nothing to ${silent.join(', ')}`)
      return moves.flatMap((move) => move ?? [])
    },
  }
}
