/** Can a violated law be believed of a guest whose vCPUs were themselves kept waiting by the host? Pure. */
import type { Starvation } from '../host/starvation.ts'
import type { Conclusion } from './outcome.ts'

/**
 * The laws rest on causes and not on times: 200 runs with two guests and a CPU hog on two cores, whose vCPUs waited for up
 * to 73 % of the time in which they wanted to run, gave no false verdict. Beyond this nobody has looked, so nobody is accused.
 */
const STARVED_SHARE = 0.8

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
