/** From what was asked for to an ordered list of runs. Pure: nothing is fetched, built or booted to make a plan. */
import { type Machine, withDevicesOf } from '../guest/machine.ts'
import type { Scenario } from '../scenario/scenario.ts'

/** Seeds are below this: every one of a plan can be given to `--seed` again. */
export const SEEDS = 2 ** 31

/** A scenario and where it came from. */
export interface PlannedScenario {
  readonly scenario: Scenario
  /** Absolute path of its file. */
  readonly file: string
}

/** What was asked for. */
export interface PlanRequest<Kernel> {
  readonly scenarios: readonly PlannedScenario[]
  readonly kernels: readonly Kernel[]
  /** Those of the kernels that a scenario is asked of; absent: all. */
  readonly kernelsFor?: (scenario: Scenario) => readonly Kernel[]
  /** Topologies in the place of those that the scenarios declare, whose devices stay; empty: each takes its own machine. */
  readonly machines: readonly Machine[]
  readonly repeat: number
  readonly seed: number
}

/** One run of the plan. */
export interface PlannedRun<Kernel> {
  readonly scenario: Scenario
  readonly file: string
  readonly kernel: Kernel
  readonly machine: Machine
  /** The first is 1. */
  readonly repeat: number
  readonly seed: number
}

/** All runs: each scenario on each kernel and machine, the repeats last, so that every combination is seen early. */
export function planRuns<Kernel>(request: PlanRequest<Kernel>): readonly PlannedRun<Kernel>[] {
  const runs: PlannedRun<Kernel>[] = []
  for (let repeat = 1; repeat <= request.repeat; repeat++) {
    for (const kernel of request.kernels) {
      for (const { scenario, file } of request.scenarios) {
        if (request.kernelsFor?.(scenario).includes(kernel) === false) continue
        const machines =
          request.machines.length > 0
            ? request.machines.map((machine) => withDevicesOf(machine, scenario.machine))
            : [scenario.machine]
        for (const machine of machines) {
          // A repeat asks the same question with other choices; the record holds the seed that repeats it.
          const seed = (request.seed + repeat - 1) % SEEDS
          runs.push({ scenario, file, kernel, machine, repeat, seed })
        }
      }
    }
  }
  return runs
}
