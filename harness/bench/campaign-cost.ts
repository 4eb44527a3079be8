/** What many runs take, one after the other and side by side: the pace of warm runs, and the whole suite. */
import { allScenarios } from '../cli/scenario-files.ts'
import { checkStarts, SCENARIO } from './run-cost.ts'
import { type Bed, timedIrqlab } from './timed-irqlab.ts'

/** Runs side by side: what is compared. */
export const JOBS = [1, 2] as const

/** Left out of the suite: it waits for minutes, by its nature. */
const LEFT_OUT = 'quiet-queue'

/** Warm runs a minute: `repeat` of them in one campaign, from irqlab's start to its end. Throws `Trouble`. */
export async function pace(bed: Bed, jobs: number, repeat: number): Promise<number> {
  const words = [SCENARIO, '--repeat', `${repeat}`, '--jobs', `${jobs}`]
  const { records, wallMs } = await timedIrqlab(bed, words)
  checkStarts(records, 'warm')
  return (60_000 * records.length) / wallMs
}

/** What a campaign of everything took. */
export interface SuiteCost {
  readonly wallMs: number
  readonly runs: number
  /** Runs that started from a guest that was put aside. */
  readonly warm: number
}

/** Every scenario but quiet-queue, from irqlab's start to its end. Throws `Trouble` when a run failed or broke. */
export async function suite(bed: Bed, jobs: number): Promise<SuiteCost> {
  const names = (await allScenarios())
    .map(({ scenario }) => scenario.name)
    .filter((name) => name !== LEFT_OUT)
  const { records, wallMs } = await timedIrqlab(bed, [...names, '--jobs', `${jobs}`])
  const warm = records.filter(({ guest }) => guest.start === 'warm').length
  return { wallMs, runs: records.length, warm }
}
