import t from 'tap'
import { z } from 'zod'
import type { Campaign } from '../record/read-campaign.ts'
import { emptyCampaign, largeCampaign, wildCampaign } from './campaign-fixture.ts'
import { A_FILE } from './format.ts'
import { formatOf } from './formats.ts'
import { originFrom } from './kcidb-report.ts'
import { wholeReport } from './whole-report.ts'

/** No string of KCIDB may hold NUL. */
const text = z.string().regex(/^[^\0]*$/)
const id = z.string().regex(/^[a-z0-9_]+:[^\0]*$/)
const origin = z.string().regex(/^[a-z0-9_]+$/)
const misc = z.record(z.string(), z.unknown())

/** What of kcidb-io's schema 5.3 (kcidb_io/schema/v05_03.py) a submission of ours touches; nothing else is allowed there. */
const submission = z.strictObject({
  version: z.strictObject({ major: z.literal(5), minor: z.int().min(0).max(3) }),
  checkouts: z.array(z.strictObject({ id, origin, comment: text, misc })),
  builds: z.array(
    z.strictObject({
      id,
      checkout_id: id,
      origin,
      comment: text,
      architecture: z.string().regex(/^[a-z0-9_]*$/),
      status: z.enum(['FAIL', 'ERROR', 'MISS', 'PASS', 'DONE', 'SKIP']),
      misc,
    }),
  ),
  tests: z.array(
    z.strictObject({
      id,
      build_id: id,
      origin,
      path: z.string().regex(/^([a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*)?$/),
      comment: text,
      status: z.enum(['FAIL', 'ERROR', 'MISS', 'PASS', 'DONE', 'SKIP']),
      start_time: z.iso.datetime().optional(),
      duration: z.number().optional(),
      environment: z.strictObject({ comment: text, misc }),
      log_excerpt: text.max(16_384).optional(),
      misc,
    }),
  ),
  issues: z.array(
    z.strictObject({
      id,
      version: z.int().min(0),
      origin,
      comment: text,
      culprit: z.strictObject({ code: z.boolean() }),
      misc,
    }),
  ),
  incidents: z.array(
    z.strictObject({
      id,
      origin,
      issue_id: id,
      issue_version: z.int().min(0),
      test_id: id,
      present: z.boolean(),
    }),
  ),
})

const kcidb = await formatOf('kcidb')
const read = (campaign: Campaign) => submission.parse(JSON.parse(wholeReport(kcidb, campaign, A_FILE)))

await t.test('every outcome', (t) => {
  const { checkouts, builds, tests, issues, incidents } = read(wildCampaign())
  t.same(
    tests.map(({ path, status }) => [path, status]),
    [
      ['irqlab.passes', 'PASS'],
      ['irqlab.fails', 'FAIL'],
      ['irqlab.faults', 'FAIL'],
      ['irqlab.breaks', 'ERROR'],
      ['irqlab.is-known', 'FAIL'],
      ['irqlab.is-fixed', 'PASS'],
      ['irqlab.skips', 'SKIP'],
      ['irqlab.never-was', 'MISS'],
    ],
  )
  t.equal(checkouts.length, 1)
  for (const { build_id } of tests) t.equal(build_id, builds[0]?.id)
  t.equal(builds[0]?.checkout_id, checkouts[0]?.id)
  t.same(
    issues.map((issue) => issue.id),
    ['irqlab:known-is-known', 'irqlab:known-is-fixed'],
  )
  t.match(incidents, [
    { test_id: tests[4]?.id, issue_id: issues[0]?.id, present: true },
    { test_id: tests[5]?.id, issue_id: issues[1]?.id, present: false },
  ])
  t.equal(new Set(tests.map((test) => test.id)).size, 8)
  t.end()
})

await t.test('many, none; two campaigns of one name are told apart', (t) => {
  t.equal(read(largeCampaign(500)).tests.length, 500)
  t.same(read(emptyCampaign()).tests, [])
  const first = read(wildCampaign()).tests[7]?.id
  t.not(read(wildCampaign({ startedAt: '2026-11-22T10:46:13.000Z' })).tests[7]?.id, first)
  t.end()
})

await t.test('the origin is what KCIDB named its submitter', (t) => {
  t.equal(originFrom({}), 'irqlab')
  t.equal(originFrom({ IRQLAB_KCIDB_ORIGIN: 'my_lab1' }), 'my_lab1')
  for (const origin of ['', 'My Lab', 'a:b'])
    t.throws(() => originFrom({ IRQLAB_KCIDB_ORIGIN: origin }), {
      name: 'UsageError',
      message: /small letters/,
    })
  t.end()
})
