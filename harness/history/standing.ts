/** How does a line of history stand? Flaky or stable, and what is new in its newest campaign. Pure: runs in, words out. */
import type { Outcome } from '../record/run-record.ts'
import type { LineRun } from './line-run.ts'

/** So many runs that pass at their first attempt, one after the other, make a line stable, whatever was before. */
export const STABLE_PASSES = 15

/**
 * `flaky`: on one and the same kernel runs, or attempts of one run, came to different outcomes, and it has not been stable
 * since. `settling`: neither.
 */
export type Steadiness = 'stable' | 'flaky' | 'settling'

/** What the newest campaign says that the one before did not, the gravest first. */
export const NEWS = [
  'new failure',
  'fails again',
  'still fails',
  'still declared',
  'newly broken',
  'still broken',
  'known',
  'fixed',
  'skipped',
  'passes',
] as const

/**
 * `new failure`: it never failed before. `fails again`: it did, and was better since. `still declared`: a declared failure
 * that is gone; the declaration must go. `fixed`: it failed, or was known to, and now passes.
 */
export type News = (typeof NEWS)[number]

/** All that the runs of a line say together. */
export interface Standing {
  readonly steadiness: Steadiness
  readonly news: News
  /** The index's number of the campaign in which the failure began that is still there; undefined: it does not fail. */
  readonly failingSince: number | undefined
  /** Runs that passed at the first attempt, up to the newest. */
  readonly passesInARow: number
  readonly counts: Readonly<Partial<Record<Outcome, number>>>
  /** Of the runs that were not skipped, 0 to 1; undefined: all were. */
  readonly passRate: number | undefined
}

/** The standing from the runs of a line, the oldest first. */
export function standingOf(runs: readonly LineRun[]): Standing {
  const { steadiness, passesInARow } = steadinessOf(runs)
  const counts: Partial<Record<Outcome, number>> = {}
  for (const { outcome } of runs) counts[outcome] = (counts[outcome] ?? 0) + 1
  const asked = runs.length - (counts.skip ?? 0)
  return {
    steadiness,
    ...newsOf(runs),
    passesInARow,
    counts,
    passRate: asked === 0 ? undefined : (counts.pass ?? 0) / asked,
  }
}

/** Flaky or stable, from the runs of a line, the oldest first. What was skipped says nothing. */
export function steadinessOf(runs: readonly LineRun[]): Pick<Standing, 'steadiness' | 'passesInARow'> {
  const seen = new Map<number, Set<Outcome>>()
  let passesInARow = 0
  for (const { outcome, earlier, kernel } of runs) {
    if (outcome === 'skip') continue
    passesInARow = outcome === 'pass' && earlier.length === 0 ? passesInARow + 1 : 0
    const outcomes = seen.get(kernel) ?? new Set()
    outcomes.add(outcome)
    for (const one of earlier) outcomes.add(one)
    seen.set(kernel, outcomes)
    // What it did before it became stable is forgiven; the next disagreement begins with a pass.
    if (passesInARow >= STABLE_PASSES) {
      seen.clear()
      seen.set(kernel, new Set(['pass']))
    }
  }
  const isFlaky = [...seen.values()].some(({ size }) => size > 1)
  return {
    steadiness: isFlaky ? 'flaky' : passesInARow >= STABLE_PASSES ? 'stable' : 'settling',
    passesInARow,
  }
}

/** What the newest campaign says, by the worst of its runs. */
function newsOf(runs: readonly LineRun[]): Pick<Standing, 'news' | 'failingSince'> {
  const said = campaignsSaid(runs)
  const now = said.at(-1)?.outcome ?? 'skip'
  const earlier = said.slice(0, -1).filter(({ outcome }) => outcome !== 'skip')
  // What broke told nothing: the last answer is the one before.
  const answers = earlier.filter(({ outcome }) => outcome !== 'broken')
  const before = answers.at(-1)?.outcome
  const failed = answers.some(({ outcome }) => outcome === 'fail')
  const lastGood = answers.findLastIndex(({ outcome }) => outcome !== 'fail')
  const failingSince = answers[lastGood + 1]?.campaign ?? said.at(-1)?.campaign
  switch (now) {
    case 'fail':
      return {
        news: before === 'fail' ? 'still fails' : failed ? 'fails again' : 'new failure',
        failingSince,
      }
    case 'fixed':
      return { news: 'still declared', failingSince: undefined }
    case 'broken': {
      const news = earlier.at(-1)?.outcome === 'broken' ? 'still broken' : 'newly broken'
      return { news, failingSince: before === 'fail' ? failingSince : undefined }
    }
    case 'known':
      return { news: 'known', failingSince: undefined }
    case 'skip':
      return { news: 'skipped', failingSince: undefined }
    case 'pass':
      return {
        news: before === 'fail' || before === 'known' || before === 'fixed' ? 'fixed' : 'passes',
        failingSince: undefined,
      }
  }
}

/** Each campaign once, in the order in which they began. */
function campaignsSaid(
  runs: readonly LineRun[],
): readonly { readonly campaign: number; readonly outcome: Outcome }[] {
  const said = new Map<number, Outcome>()
  for (const { campaign, outcome } of runs) {
    const before = said.get(campaign)
    if (before === undefined || GRAVITY[outcome] < GRAVITY[before]) said.set(campaign, outcome)
  }
  return [...said].map(([campaign, outcome]) => ({ campaign, outcome }))
}

/** The gravest is the lowest; a skip is told only where nothing else was seen. */
const GRAVITY: Readonly<Record<Outcome, number>> = {
  fail: 0,
  fixed: 1,
  broken: 2,
  known: 3,
  pass: 4,
  skip: 5,
}
