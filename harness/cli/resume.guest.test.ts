/** SIGKILL in the middle of a real campaign: every report is whole and says what was not run; then it is gone on with. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Parser, type FinalResults } from 'tap-parser'
import { Deadline } from '../base/deadline.ts'
import { pause, poll } from '../base/poll.ts'
import { exchange } from '../host/exchange.ts'
import { ensurePackages } from '../host/packages.ts'
import { openCache } from '../image/cache.ts'
import { campaignPlanSchema } from '../record/campaign-plan.ts'
import { readCampaign } from '../record/read-campaign.ts'
import { campaignEventSchema } from '../report/campaign-events.ts'
import { irqlab, makePlace } from './irqlab-fixture.ts'
import { gone, start, treeOf } from './leftovers-fixture.ts'

const KINDS = ['junit', 'tap', 'ktap', 'jsonl', 'kcidb', 'github', 'plain'] as const
const SCENARIOS = ['deferred-move', 'same-cpu', 'immediate-move'] as const

const place = makePlace()
t.teardown(() => place.remove())
const fileOf = (kind: string) => join(place.dir, `report.${kind}`)
const textOf = (kind: string) => readFileSync(fileOf(kind), 'utf8')
const reporters = KINDS.flatMap((kind) => ['--reporter', `${kind}=${fileOf(kind)}`])
place.made.push(...KINDS.map((kind) => `report.${kind}`))
await ensurePackages(
  (line) => t.comment(line),
  [{ name: 'libxml2-utils', proof: ['xmllint'], why: 'checks JUnit XML' }],
)

/** The directory of the one campaign; what is hidden beside it are durations. */
function campaignName(): string {
  return readdirSync(place.results).find((name) => !name.startsWith('.')) ?? ''
}

function tap(text: string): Promise<FinalResults> {
  return new Promise((done) => {
    new Parser({ strict: true }, done).end(text)
  })
}

await t.test('killed between two runs', async (t) => {
  writeFileSync(fileOf('tap'), 'a report of yesterday')
  const args = ['run', ...SCENARIOS, '--jobs', '1', '--results', place.results, ...reporters]
  const running = await start(place, [...args, '--timeout-scale', '2'])
  // The first is over, every report has it (they are written once a second at most), and the second is at work.
  const isWritten = (): true | undefined => {
    const isThere = KINDS.every((kind) => existsSync(fileOf(kind))) && textOf('jsonl').includes('"run-end"')
    return isThere && textOf('tap').includes(': 2 of 3 runs were not run') ? true : undefined
  }
  await poll(new Deadline('test', 'the first run', 240_000), isWritten, { everyMs: 50 })
  await pause(1500)
  const tree = treeOf(running.child.pid)
  running.child.kill('SIGKILL')
  const { left } = await gone(place, running, tree)
  t.same(left, [], 'nothing half-made is left')

  const name = campaignName()
  const campaign = readCampaign(join(place.results, name))
  const done = campaign.attempts.length
  t.ok(done >= 1 && done < 3, `${done} of 3 runs are done`)
  t.equal(campaign.plan?.endedAt, undefined)
  t.equal(campaign.notRun.length, 3 - done)

  const points = await tap(textOf('tap'))
  t.equal(points.plan.end, 3)
  t.match(points.bailout, `the campaign has not ended: ${3 - done} of 3 runs were not run`)
  t.equal(textOf('junit').match(/<skipped>not run: the campaign has not ended/g)?.length, 3 - done)
  const { status, stderr } = await exchange(['xmllint', '--noout', fileOf('junit')], {
    stage: 'test',
    limitMs: 30_000,
  })
  t.equal(status, 0, stderr)
  t.match(textOf('ktap'), /^not ok 3 \S+ # ERROR the campaign has not ended$/m)
  t.match(textOf('github'), 'not run')
  t.match(textOf('plain'), `${3 - done} not run;`)
  const kcidb = JSON.parse(textOf('kcidb')) as { tests: readonly { status: string }[] }
  t.same(kcidb.tests.map(({ status: is }) => is).at(-1), 'MISS')
  const events = textOf('jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => campaignEventSchema.parse(JSON.parse(line)))
  t.equal(events.filter(({ event }) => event === 'run-end').length, done)
  t.notMatch(events.at(-1), { event: 'campaign-end' })
})

await t.test('gone on with: what has a record stays, the rest is run, every report holds all', async (t) => {
  const name = campaignName()
  const dir = join(place.results, name)
  const before = readCampaign(dir)
  const args = ['run', '--resume', dir, '--reporter', 'tap', ...reporters]
  const { status, stdout, stderr } = await irqlab(place, args, {
    limitMs: 400_000,
    env: { IRQLAB_CACHE: openCache().dir },
  })
  t.equal(status, 0, stderr)
  const after = readCampaign(dir)
  const plan = campaignPlanSchema.parse(after.plan)
  t.same(after.notRun, [])
  t.equal(after.attempts.length, 3)
  t.same(after.attempts.slice(0, before.attempts.length), before.attempts)
  t.same(
    after.attempts.map(({ seed, options: { timeoutScale } }) => [seed, timeoutScale]),
    plan.runs.map(({ seed }) => [seed, 2]),
    'with the same seeds and options',
  )
  t.equal(plan.startedAt, before.plan?.startedAt)
  t.equal(plan.resumedAt?.length, 1)
  t.ok(plan.endedAt)
  t.equal(readdirSync(place.results).filter((one) => !one.startsWith('.')).length, 1)
  t.match(await tap(stdout), { ok: true, count: 3, pass: 3, bailout: false })
  t.equal(stdout, textOf('tap'), 'what was streamed is what is in the file')
})

await t.test('all of it again from the records alone', async (t) => {
  const name = campaignName()
  for (const kind of KINDS) {
    const again = join(place.dir, `again.${kind}`)
    const { status, stderr } = await irqlab(place, [
      'report',
      join(place.results, name),
      '--reporter',
      `${kind}=${again}`,
    ])
    t.equal(status, 0, stderr)
    t.equal(readFileSync(again, 'utf8'), textOf(kind), `${kind}: byte for byte`)
  }
  const { status, stderr } = await irqlab(place, ['run', '--resume', join(place.results, name), '--cold'])
  t.equal(status, 64)
  t.match(stderr, /leave out --cold/)
})
