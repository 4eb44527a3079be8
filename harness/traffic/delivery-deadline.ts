/** How long is the arrival of a probe awaited? */
import type { Deadline } from '../base/deadline.ts'
import type { Limits } from '../base/limits.ts'

/** What was lost once is violated by that. What is lost after it says no more, and gets this part of the limit. */
const AFTER_A_LOSS = 1 / 5

/** The limit on the arrival of `what`; `afterLoss`: the last probe of each of them never came. */
export function deliveryDeadline(limits: Limits, what: string, afterLoss: boolean): Deadline {
  const lessMs = afterLoss ? limits.ms('traffic.delivery') * (1 - AFTER_A_LOSS) : 0
  return limits.deadline('traffic.delivery', `Arrival of ${what}`, -lessMs)
}
