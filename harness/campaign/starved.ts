/** Can a violated law be believed of a guest whose vCPUs were themselves kept waiting by the host? Pure. */
import type { Starvation } from '../host/starvation.ts'
import type { Conclusion } from './outcome.ts'

/**
 * vCPUs that waited for as long as they ran were starved. The laws rest on causes and not on times, and 200 runs with two
 * guests and a CPU hog on two cores (a share of up to what docs/PERFORMANCE.md says) gave no false verdict; beyond
 * this nobody has looked, so nobody is accused.
 */
const STARVED_SHARE = 0.5

/** Which part of the time in which they wanted to run the vCPUs had to wait; undefined where the host does not count it. */
export function waitedShare({ ranMs, waitedMs }: Pick<Starvation, 'ranMs' | 'waitedMs'>): number | undefined {
  return waitedMs === undefined ? undefined : waitedMs / Math.max(1, ranMs + waitedMs)
}

/** The conclusion from verdicts; a fail of a starved guest is broken, and says both what was seen and why it is not believed. */
export function unlessStarved(conclusion: Conclusion, window: Starvation | undefined): Conclusion {
  const share = window === undefined ? undefined : waitedShare(window)
  if (conclusion.outcome !== 'fail' || share === undefined || share <= STARVED_SHARE) return conclusion
  return {
    outcome: 'broken',
    stage: 'starved',
    reason: `the vCPUs waited ${Math.round(share * 100)} % of their time for a host CPU, so this is not believed: ${conclusion.reason}`,
    hint: 'give the host less to do (--jobs), or try again with --retries 1',
  }
}
