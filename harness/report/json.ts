/** The one JSON document of `--json`. */
import { worst } from '../campaign/outcome.ts'
import type { Trouble } from '../base/errors.ts'
import type { RunRecord } from '../record/run-record.ts'

/** Changes when a reader would have to know. */
const CAMPAIGN_SCHEMA = 'irqlab.campaign/1'

/** All records of a campaign with its worst outcome. */
export function campaignJson(records: readonly RunRecord[]): string {
  const outcome = worst(records.map((record) => record.outcome))
  return `${JSON.stringify({ schema: CAMPAIGN_SCHEMA, outcome, runs: records }, null, 2)}\n`
}

/** A campaign that never came to a run: broken, with the reason. */
export function troubleJson(trouble: Trouble): string {
  const { stage, message, hint } = trouble
  return `${JSON.stringify({ schema: CAMPAIGN_SCHEMA, outcome: 'broken', stage, reason: message, hint, runs: [] }, null, 2)}\n`
}
