/** What a bench has measured so far, before it becomes figures. */
import { Trouble } from '../base/errors.ts'
import type { SuiteCost } from './campaign-cost.ts'
import type { RunCost } from './run-cost.ts'
import type { Sizes } from './sizes.ts'

/** Starts of Node with one program, one entry a start. */
export interface Starts {
  readonly ms: number[]
  readonly mb: number[]
}

/** All samples; what was not asked for, or could not be had, stays empty. One entry a round where nothing else is said. */
export interface Samples {
  readonly floorMs: number[]
  readonly cold: RunCost[]
  readonly warm: RunCost[]
  /** `node -e 0` and `irqlab --help`, several a round. */
  readonly nothing: Starts
  readonly help: Starts
  readonly vngMs: number[]
  /** Runs a minute, and what the suite took, by the number of jobs: one entry a campaign. */
  readonly pace: ReadonlyMap<number, number[]>
  readonly suite: ReadonlyMap<number, SuiteCost[]>
  readonly sizes: Sizes[]
  /** Lines for a person: why a figure is missing, what stood beside a measurement. */
  readonly notes: string[]
}

/** Nothing measured yet. `jobs` are the numbers of jobs that campaigns are measured with. */
export function noSamples(jobs: readonly number[]): Samples {
  return {
    floorMs: [],
    cold: [],
    warm: [],
    nothing: { ms: [], mb: [] },
    help: { ms: [], mb: [] },
    vngMs: [],
    pace: new Map(jobs.map((number) => [number, []])),
    suite: new Map(jobs.map((number) => [number, []])),
    sizes: [],
    notes: [],
  }
}

/** Adds what was measured in one round. */
export function addRound(samples: Samples, round: Samples): void {
  samples.floorMs.push(...round.floorMs)
  samples.cold.push(...round.cold)
  samples.warm.push(...round.warm)
  samples.vngMs.push(...round.vngMs)
  for (const starts of ['nothing', 'help'] as const) {
    samples[starts].ms.push(...round[starts].ms)
    samples[starts].mb.push(...round[starts].mb)
  }
}

/** Gives what the work gives. Where it ends with `Trouble` there is a note that says so, and no figure. */
export async function orNote<T>(
  notes: string[],
  what: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    notes.push(`${what}: ${error.message}`)
    return undefined
  }
}
