import { readFileSync } from 'node:fs'
import t from 'tap'
import type { Campaign } from '../record/read-campaign.ts'
import { type CampaignEvent, campaignEventSchema, eventsJsonSchema } from './campaign-events.ts'
import { emptyCampaign, largeCampaign, wildCampaign } from './campaign-fixture.ts'
import { A_FILE } from './format.ts'
import { formatOf } from './formats.ts'
import { wholeReport } from './whole-report.ts'

const jsonl = await formatOf('jsonl')

function events(campaign: Campaign): readonly CampaignEvent[] {
  const lines = wholeReport(jsonl, campaign, A_FILE).split('\n')
  t.equal(lines.pop(), '', 'the last line ends')
  return lines.map((line) => campaignEventSchema.parse(JSON.parse(line)))
}

await t.test('docs/events.schema.json is what the code says', (t) => {
  const docs = readFileSync(new URL('../../docs/events.schema.json', import.meta.url), 'utf8')
  t.equal(docs, eventsJsonSchema(), 'stale? run: npm run schema')
  t.end()
})

await t.test('start, each attempt, end', (t) => {
  const all = events(wildCampaign())
  t.equal(all.length, 1 + 7 * 2 + 1)
  t.match(all[0], { event: 'campaign-start', schema: 'irqlab.events/1', runs: { length: 8 } })
  const ends = all.filter(({ event }) => event === 'run-end')
  t.match(ends[1], {
    outcome: 'fail',
    verdicts: { held: 1, violated: 1, unproven: 0 },
    against: [{ irq: 28 }],
  })
  t.match(all.at(-1), {
    event: 'campaign-end',
    outcome: 'fail',
    endedBy: 'SIGINT',
    counts: { 'not run': 1, fail: 2 },
    notRun: [/never-was/],
  })
  const times = all.slice(1).map(({ at }) => at)
  t.same(times, times.toSorted())
  t.end()
})

await t.test('a campaign that has not ended has no end; none, many', (t) => {
  const { plan, ...rest } = wildCampaign()
  const { endedAt: _, endedBy: __, ...running } = plan ?? {}
  t.notMatch(events({ ...rest, plan: running as typeof plan & object }).at(-1), { event: 'campaign-end' })
  t.match(events(emptyCampaign()), [
    { event: 'campaign-start' },
    { event: 'campaign-end', outcome: 'broken' },
  ])
  t.equal(events(largeCampaign(500)).length, 1002)
  t.end()
})
