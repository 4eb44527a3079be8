import { readFileSync } from 'node:fs'
import t from 'tap'
import { aPlan, aPlannedRun } from './campaign-fixture.ts'
import { campaignPlanSchema, campaignPlanText } from './campaign-plan.ts'
import { campaignJsonSchema } from './json-schema.ts'

await t.test('docs/campaign.schema.json is what the code says', (t) => {
  const docs = readFileSync(new URL('../../docs/campaign.schema.json', import.meta.url), 'utf8')
  t.equal(docs, campaignJsonSchema(), 'stale? run: npm run schema')
  t.end()
})

await t.test('a plan comes back from its text as it was', (t) => {
  const plan = aPlan({ endedBy: 'SIGINT', shard: { index: 1, of: 4 } })
  t.same(campaignPlanSchema.parse(JSON.parse(campaignPlanText(plan))), plan)
  t.end()
})

await t.test('what is no plan is refused', (t) => {
  const { seed: _, ...without } = aPlan()
  const wrong: unknown[] = [
    without,
    { ...aPlan(), schema: 'irqlab.campaign-plan/2' },
    { ...aPlan(), runs: [{ ...aPlannedRun(), repeat: 0 }] },
    { ...aPlan(), shard: { index: 0, of: 4 } },
    { ...aPlan(), options: {} },
  ]
  for (const value of wrong)
    t.equal(campaignPlanSchema.safeParse(value).success, false, JSON.stringify(value).slice(0, 99))
  t.end()
})
