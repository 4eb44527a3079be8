/** How far is a campaign, and how long will it take? One line for a person who waits. */
import { type Outcome, OUTCOMES } from '../record/run-record.ts'

/** A campaign at one moment. Times in milliseconds. */
export interface Standing {
  readonly total: number
  /** Outcomes of the runs that are over. */
  readonly outcomes: readonly Outcome[]
  /** How long each of these took. */
  readonly finishedMs: readonly number[]
  /** How long each of those at work has taken so far. */
  readonly atWorkMs: readonly number[]
  readonly jobs: number
}

/** As `12 of 200 done, 1 broken, about 3 min left`. */
export function totalsLine(standing: Standing): string {
  const bad = OUTCOMES.flatMap((outcome) => {
    const count = standing.outcomes.filter((one) => one === outcome).length
    return count === 0 || outcome === 'pass' ? [] : [`${count} ${outcome}`]
  })
  const left = leftMs(standing)
  return [
    `${standing.outcomes.length} of ${standing.total} done`,
    ...bad,
    ...(left === undefined ? [] : [`about ${roughly(left)} left`]),
  ].join(', ')
}

/** As if each run took what those before took on average; undefined before the first is over. */
function leftMs({ total, outcomes, finishedMs, atWorkMs, jobs }: Standing): number | undefined {
  if (finishedMs.length === 0) return undefined
  const mean = finishedMs.reduce((sum, ms) => sum + ms, 0) / finishedMs.length
  const atWork = atWorkMs.map((ms) => Math.max(0, mean - ms))
  const waiting = total - outcomes.length - atWork.length
  const work = waiting * mean + atWork.reduce((sum, ms) => sum + ms, 0)
  // The last ones do not share their work with those that have none.
  return Math.max(work / jobs, ...atWork)
}

/** No more exact than it is known. */
function roughly(ms: number): string {
  if (ms < 55_000) return `${Math.max(1, Math.ceil(ms / 10_000)) * 10} s`
  if (ms < 90 * 60_000) return `${Math.round(ms / 60_000)} min`
  return `${(ms / 3_600_000).toFixed(1).replace(/\.0$/, '')} h`
}
