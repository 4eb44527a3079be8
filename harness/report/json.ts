/** The one JSON document of `--json`. */
import { worst } from '../campaign/outcome.ts'
import { messageOf, Trouble } from '../base/errors.ts'
import type { RunRecord } from '../record/run-record.ts'

/** Changes when a reader would have to know. */
const CAMPAIGN_SCHEMA = 'irqlab.campaign/1'

/** All records of a campaign with its worst outcome. What ended it early makes it at least broken, and is named. */
export function campaignJson(records: readonly RunRecord[], endedBy?: unknown): string {
  const outcomes = records.map((record) => record.outcome)
  const early =
    endedBy === undefined
      ? {}
      : {
          reason: messageOf(endedBy),
          ...(endedBy instanceof Trouble ? { stage: endedBy.stage, hint: endedBy.hint } : {}),
        }
  const outcome = worst(endedBy === undefined ? outcomes : [...outcomes, 'broken'])
  return `${JSON.stringify({ schema: CAMPAIGN_SCHEMA, outcome, ...early, runs: records }, null, 2)}\n`
}
