import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { aPlan, aPlannedRun, CAMPAIGN, recordOfPlanned, writeCampaign } from './campaign-fixture.ts'
import { readCampaign, readPlan } from './read-campaign.ts'

const startedAt = (time: string) => ({ timings: { startedAt: `2026-11-22T${time}.000Z`, totalMs: 1 } })
const [first, second, third] = ['a', 'b', 'c'].map((scenario) => aPlannedRun({ scenario }))
if (first === undefined || second === undefined || third === undefined) throw new Error('three runs')

await t.test('attempts in the order of their starts, the last of each run, and what was not run', (t) => {
  const records = [
    recordOfPlanned(second, { ...startedAt('10:00:00'), outcome: 'broken', attempts: 1 }),
    recordOfPlanned(first, startedAt('10:01:00')),
    recordOfPlanned(second, { ...startedAt('10:02:00'), attempts: 2 }),
  ]
  const plan = aPlan({ runs: [first, second, third] })
  const dir = writeCampaign(t.testdir(), plan, records)
  mkdirSync(join(dir, 'c/k/plain/attempt-1.partial'), { recursive: true })
  writeFileSync(join(dir, 'c/k/plain/attempt-1.partial/record.json'), 'half of a rec')
  const campaign = readCampaign(dir)
  t.same(campaign.plan, plan)
  t.equal(campaign.name, CAMPAIGN)
  t.same(campaign.attempts, records)
  t.same(
    [...campaign.last.values()].map(({ scenario, attempts }) => [scenario, attempts]),
    [
      ['b', 2],
      ['a', 1],
    ],
  )
  t.same(campaign.notRun, [third])
  t.same(
    campaign.attempts.map((record) => campaign.dirs.get(record)),
    records.map(({ run, attempts }) => join(dir, '..', run, `attempt-${attempts}`)),
  )
  t.end()
})

await t.test('a plan and no record: nothing was run', (t) => {
  const { endedAt: _, ...running } = aPlan()
  const campaign = readCampaign(writeCampaign(t.testdir(), running, []))
  t.equal(campaign.plan?.endedAt, undefined)
  t.same(campaign.notRun, running.runs)
  t.same(campaign.attempts, [])
  t.end()
})

await t.test('a directory that is older than campaign.json: its records are the plan', (t) => {
  const repeat = aPlannedRun({ run: `${first.run}-repeat-2`, scenario: 'a', repeat: 2, seed: 2 })
  const records = [recordOfPlanned(first), recordOfPlanned(repeat, startedAt('11:00:00'))]
  const campaign = readCampaign(writeCampaign(t.testdir(), undefined, records))
  t.equal(campaign.plan, undefined)
  t.same(campaign.runs, [first, repeat])
  t.same(campaign.notRun, [])
  t.end()
})

await t.test('what cannot be read is named', (t) => {
  const results = t.testdir()
  t.throws(() => readCampaign(join(results, 'none')), {
    name: 'UsageError',
    message: /none: it cannot be read/,
  })
  t.throws(() => readCampaign(results), {
    name: 'UsageError',
    message: /no campaign\.json in it, and no record/,
  })
  const dir = writeCampaign(results, aPlan(), [recordOfPlanned(first)])
  for (const text of ['', '{', '{}', JSON.stringify({ ...aPlan(), seed: 'x' })]) {
    writeFileSync(join(dir, 'campaign.json'), text)
    t.throws(() => readCampaign(dir), {
      name: 'UsageError',
      message: /campaign\.json: no plan that can be read: \S/,
    })
  }
  rmSync(join(dir, 'campaign.json'))
  t.equal(readPlan(dir), undefined)
  t.equal(readCampaign(dir).runs.length, 1)
  t.end()
})
