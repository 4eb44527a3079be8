/** The schemas of record.json and campaign.json for readers that are not this program: JSON Schema 2020-12. */
import { z } from 'zod'
import { CAMPAIGN_PLAN_SCHEMA, campaignPlanSchema } from './campaign-plan.ts'
import { RECORD_SCHEMA, recordSchema } from './run-record.ts'

/** The text of docs/record.schema.json. */
export function recordJsonSchema(): string {
  return textOf(recordSchema, `${RECORD_SCHEMA}: what one attempt of a run leaves in record.json`)
}

/** The text of docs/campaign.schema.json. */
export function campaignJsonSchema(): string {
  return textOf(
    campaignPlanSchema,
    `${CAMPAIGN_PLAN_SCHEMA}: what a campaign is to do, in campaign.json beside its runs`,
  )
}

function textOf(shape: z.ZodType, title: string): string {
  const { $schema, ...schema } = z.toJSONSchema(shape, {
    target: 'draft-2020-12',
    // What a reader may rely on: later versions of this schema may have more.
    io: 'input',
  })
  return `${JSON.stringify({ $schema, title, ...schema }, null, 2)}\n`
}
