/** How much longer may everything take in this campaign? From the accelerator's speed and the guests side by side. */
import { limitsFactor } from '../base/limits.ts'
import type { Machine } from '../guest/machine.ts'

/** What of a campaign decides. */
export interface Pace {
  readonly accelerator: { readonly slowness?: number }
  readonly host: { readonly usableCpus: number }
  readonly runs: readonly unknown[]
  /** Runs side by side; one, when absent. */
  readonly jobs?: number
}

/** The factor on every limit of a run on this machine, beside `--timeout-scale`: 1 to 20. */
export function paceFactor({ accelerator, host, runs, jobs }: Pace, machine: Machine): number {
  return limitsFactor({
    slowness: accelerator.slowness ?? 1,
    // Those that are not started cost nothing.
    vcpus: (machine.startedCpus ?? machine.cpus) * Math.min(jobs ?? 1, runs.length),
    cores: host.usableCpus,
  })
}
