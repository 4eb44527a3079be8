import * as fc from 'fast-check'
import t from 'tap'
import { aRecord } from '../../record/record-fixture.ts'
import { OUTCOMES, type RunRecord } from '../../record/run-record.ts'
import { findingOf, judgementOf, markOf, passesAsked, together } from './judgement.ts'

const neverReady = { startedAt: '2026-11-22T10:46:12.000Z', totalMs: 9000 }
const passed = aRecord()
const failed = aRecord({ outcome: 'fail', reason: 'held violated on input.0' })
const broken = aRecord({ outcome: 'broken', stage: 'traffic.tap', reason: 'no tap' })

await t.test('one run', async (t) => {
  const cases: readonly (readonly [Partial<RunRecord>, string])[] = [
    [{}, 'good'],
    [{ outcome: 'fixed' }, 'good'],
    [{ outcome: 'fail' }, 'bad'],
    [{ outcome: 'known' }, 'bad'],
    [{ outcome: 'fail', stage: 'kernel' }, 'bad'],
    [{ outcome: 'fail', stage: 'kernel', timings: neverReady }, 'unbootable'],
    [{ outcome: 'broken', stage: 'boot.init', timings: neverReady }, 'unbootable'],
    [{ outcome: 'broken', stage: 'guest.qemu', timings: neverReady }, 'unbootable'],
    [{ outcome: 'broken', stage: 'host.tap', timings: neverReady }, 'untestable'],
    [{ outcome: 'broken', stage: 'image.kernel', timings: neverReady }, 'untestable'],
    [{ outcome: 'broken', stage: 'boot.ssh' }, 'untestable'],
    [{ outcome: 'broken', stage: 'unproven' }, 'untestable'],
    [{ outcome: 'broken', stage: 'starved' }, 'untestable'],
    [{ outcome: 'skip', timings: neverReady }, 'untestable'],
  ]
  for (const [changes, finding] of cases)
    t.equal(findingOf(aRecord(changes)), finding, JSON.stringify(changes))
})

await t.test('one fail makes a kernel bad, and a disagreement is told', async (t) => {
  t.same(judgementOf([]), undefined)
  t.match(judgementOf([passed, passed]), { finding: 'good', passes: 2, fails: 0 })
  t.match(judgementOf([failed]), { finding: 'bad', passes: 0, fails: 1, reason: 'held violated on input.0' })
  t.match(judgementOf([passed, passed, failed]), {
    finding: 'bad',
    reason: 'held violated on input.0 (its runs disagree: 2 passed, 1 failed)',
  })
  t.match(judgementOf([passed, broken]), {
    finding: 'untestable',
    reason: 'traffic.tap: no tap (its runs disagree: 1 passed)',
  })
  t.match(judgementOf([failed, broken]), { finding: 'bad' })
})

await t.test('in whatever order: any fail is bad, and good means that all passed', async (t) => {
  const runs = fc.array(
    fc.constantFrom(...OUTCOMES).map((outcome) => aRecord({ outcome })),
    { minLength: 1, maxLength: 6 },
  )
  fc.assert(
    fc.property(runs, (records) => {
      const judged = judgementOf(records)
      const findings = records.map((record) => findingOf(record))
      t.equal(judged?.finding === 'bad', findings.includes('bad'))
      t.equal(
        judged?.finding === 'good',
        findings.every((finding) => finding === 'good'),
      )
      t.equal(judgementOf(records.toReversed())?.finding === 'bad', findings.includes('bad'))
    }),
  )
})

await t.test('a kernel that is asked once more', async (t) => {
  const good = { finding: 'good', passes: 3, fails: 0, reason: '8 verdicts held' } as const
  t.match(together(good, { ...good, passes: 5 }), { finding: 'good', passes: 8, fails: 0 })
  t.match(together(good, { finding: 'bad', passes: 1, fails: 1, reason: 'once violated' }), {
    finding: 'bad',
    passes: 4,
    fails: 1,
    reason: 'once violated (its runs disagree: 4 passed, 1 failed)',
  })
})

await t.test('how often a kernel must pass', async (t) => {
  t.equal(passesAsked(3, []), 3)
  t.equal(
    passesAsked(3, [
      { passes: 0, fails: 3 },
      { passes: 3, fails: 0 },
    ]),
    3,
    'nobody disagreed',
  )
  t.equal(passesAsked(3, [{ passes: 1, fails: 2 }]), 3, 'two of three: (1/3)**3 = 4 %')
  t.equal(passesAsked(3, [{ passes: 1, fails: 1 }]), 5, '1/32 = 3 %')
  t.equal(passesAsked(3, [{ passes: 2, fails: 1 }]), 8)
  t.equal(
    passesAsked(3, [
      { passes: 2, fails: 1 },
      { passes: 1, fails: 1 },
    ]),
    8,
    'the rarest counts',
  )
  t.equal(passesAsked(1, [{ passes: 99, fails: 1 }]), 30, 'nobody waits for 299')
  t.equal(passesAsked(50, [{ passes: 1, fails: 1 }]), 50, 'never less than was asked for')
})

await t.test('so many passes leave at most one mistake in twenty', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (passes, fails) => {
      const asked = passesAsked(1, [{ passes, fails }])
      if (asked < 30) t.ok((passes / (passes + fails)) ** asked <= 0.05 + 1e-9)
    }),
  )
})

await t.test('what git is told', async (t) => {
  t.same(
    (['good', 'bad', 'unbuildable', 'unbootable', 'untestable'] as const).map((finding) => [
      markOf(finding, 'skip'),
      markOf(finding, 'bad'),
    ]),
    [
      ['good', 'good'],
      ['bad', 'bad'],
      ['skip', 'skip'],
      ['skip', 'bad'],
      ['skip', 'skip'],
    ],
  )
})
