/** The shape of the events of `--reporter jsonl`; docs/events.schema.json is made from it. */
import { z } from 'zod'
import { campaignPlanSchema } from '../record/campaign-plan.ts'
import { OUTCOMES, recordSchema } from '../record/run-record.ts'

/** Changes when a reader of events would have to know. */
export const EVENTS_SCHEMA = 'irqlab.events/1'

const at = z.string().describe('When, ISO 8601, UTC.')
const run = z.string().describe('<campaign>/<scenario>/<kernel>/<machine>, as in the record.')
const attempt = z.int().min(1).describe('The first is 1.')
const { shape: plan } = campaignPlanSchema
const { shape: record } = recordSchema
const { shape: verdict } = recordSchema.shape.verdicts.element
const count = z.int().min(0)

/** One event. */
export const campaignEventSchema = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('campaign-start'),
    schema: z.literal(EVENTS_SCHEMA),
    at,
    campaign: z.string(),
    irqlab: plan.irqlab.optional(),
    seed: plan.seed.optional(),
    shard: plan.shard,
    options: plan.options.optional(),
    runs: z.array(plan.runs.element.omit({ question: true })).describe('All that is to be run.'),
  }),
  z.object({ event: z.literal('run-start'), at, run, attempt }),
  z.object({
    event: z.literal('run-end'),
    at,
    run,
    attempt,
    outcome: z.enum(OUTCOMES),
    reason: record.reason,
    stage: record.stage,
    hint: record.hint,
    need: record.need,
    verdicts: z.object({ held: count, violated: count, unproven: count }),
    against: z
      .array(
        z.object({
          law: verdict.law,
          queue: verdict.queue,
          irq: verdict.irq,
          move: verdict.move,
          state: verdict.state,
          sentence: verdict.sentence,
        }),
      )
      .describe('Every verdict that did not hold.'),
    seed: record.seed,
    tookMs: z.number().optional(),
    record: z.string().describe('Path of record.json below the results.'),
  }),
  z.object({
    event: z.literal('campaign-end'),
    at,
    endedBy: plan.endedBy,
    outcome: z.enum(OUTCOMES).describe('The worst; what was not run is as broken.'),
    counts: z.record(z.string(), count).describe('Runs by outcome, and those `not run`.'),
    notRun: z.array(run),
  }),
])

/** An event. */
export type CampaignEvent = z.output<typeof campaignEventSchema>

/** The text of docs/events.schema.json. */
export function eventsJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(campaignEventSchema, { target: 'draft-2020-12', io: 'input' })
  const title = `${EVENTS_SCHEMA}: one line of \`irqlab run --reporter jsonl\``
  return `${JSON.stringify({ $schema, title, ...schema }, null, 2)}\n`
}
