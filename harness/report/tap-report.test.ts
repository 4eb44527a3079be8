import t from 'tap'
import { Parser, type FinalResults, type Result } from 'tap-parser'
import { emptyCampaign, largeCampaign, WILD, wildCampaign } from './campaign-fixture.ts'
import { A_FILE } from './format.ts'
import { formatOf } from './formats.ts'
import { wholeReport } from './whole-report.ts'
import type { Campaign } from '../record/read-campaign.ts'

interface Parsed {
  readonly results: FinalResults
  readonly points: readonly Result[]
  readonly children: ReadonlyMap<string, readonly Result[]>
  readonly stray: readonly string[]
}

/** What tap's own parser makes of it. */
async function parsed(campaign: Campaign): Promise<Parsed> {
  const text = wholeReport(await formatOf('tap'), campaign, A_FILE)
  const points: Result[] = []
  const children = new Map<string, Result[]>()
  const stray: string[] = []
  const results = await new Promise<FinalResults>((done) => {
    const parser = new Parser({ strict: true }, done)
    parser.on('assert', (result) => points.push(result))
    parser.on('extra', (line) => stray.push(line))
    parser.on('child', (child) => {
      const of: Result[] = []
      children.set(child.name, of)
      child.on('assert', (result: Result) => of.push(result))
      child.on('extra', (line: string) => stray.push(line))
    })
    parser.end(text)
  })
  return { results, points, children, stray }
}

await t.test('every outcome, read by tap', async (t) => {
  const { results, points, children, stray } = await parsed(wildCampaign())
  t.same(stray, [], 'no line that is not TAP, in strict mode')
  t.same(
    points.map(({ ok, skip, todo, name }) => [name.split(' ')[0], ok, skip, todo]),
    [
      ['passes', true, false, false],
      ['fails', false, false, false],
      ['faults', false, false, false],
      ['breaks', false, false, false],
      ['is-known', false, false, 'known: held violated on input.0 (irq 28): 1 to 2 (#1 is why)'],
      ['is-fixed', false, false, false],
      ['skips', true, 'needs 8 CPUs: the machine # cannot', false],
      ['never-was', false, false, false],
    ],
  )
  t.equal(results.plan.end, 8)
  t.equal(results.bailout, 'the campaign was ended by SIGINT: 1 of 8 runs were not run')
  t.same(
    results.failures.filter(({ tapError }) => typeof tapError === 'string'),
    [],
  )
  const laws = children.get('fails on plain, 6.1.0-56-cloud-amd64')
  t.same(
    laws?.map(({ name, ok }) => [name, ok]),
    [
      ['accepted (1 verdict held)', true],
      ['held (1 of 1 violated)', false],
    ],
  )
  t.match(laws?.[1]?.diag, { violated: [{ queue: 'input.0', irq: 28, move: 3, numbers: { firedOn: 2 } }] })
  t.match(children.get('is-known on plain, 6.1.0-56-cloud-amd64'), [{ ok: false, todo: 'known' }])
  t.match(points[3]?.diag, { outcome: 'broken', stage: 'boot.ssh', hint: 'wait longer, 100%' })
  t.match(points[3]?.diag, { console: { length: WILD.length } })
  t.match(points[7]?.diag, { outcome: 'not run', reason: 'the campaign was ended by SIGINT' })
})

await t.test('known failures that are to fail the campaign are not ok', async (t) => {
  const { options } = wildCampaign().plan ?? {}
  if (options === undefined) throw new Error('the campaign has options')
  const { points } = await parsed(wildCampaign({ options: { ...options, failOnKnown: true } }))
  t.match(points[4], { ok: false, todo: false })
})

await t.test('all done, many, none', async (t) => {
  const { results } = await parsed(largeCampaign(500))
  t.match(results, { count: 500, pass: 450, fail: 50, bailout: false })
  const { results: none } = await parsed(emptyCampaign())
  t.match(none, { ok: true, count: 0, plan: { end: 0, skipAll: true } })
})
