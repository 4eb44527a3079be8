import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { askHistory } from './ask-history.ts'
import { runsBefore } from './before.ts'
import { campaignNamed, campaignsToName } from './campaign-named.ts'
import { type CampaignsCompared, compareCampaigns, exitCodeOfCompared } from './compare-campaigns.ts'
import { nightName, type NightRun, writeNight } from './night-fixture.ts'
import { kernelPairs } from './kernel-pairs.ts'

const home = mkdtempSync(join(tmpdir(), 'irqlab-compare-'))
t.teardown(() => rmSync(home, { recursive: true, force: true }))
process.env['IRQLAB_CACHE'] = join(home, 'cache')

let count = 0

function resultsWith(...nights: readonly (readonly NightRun[])[]): string {
  const results = join(home, `results-${++count}`)
  mkdirSync(results)
  for (const [at, runs] of nights.entries()) writeNight(results, at + 1, runs)
  return results
}

function compared(results: string, a = 'previous', b = 'latest'): Promise<CampaignsCompared> {
  return askHistory({ results, tell: () => undefined }, (index) => {
    const all = campaignsToName(index)
    const [first, second] = [campaignNamed(index, a, results, all), campaignNamed(index, b, results, all)]
    return compareCampaigns(first, second, runsBefore(index, second.id))
  })
}

/** Nights of scenario `a`: a sign each. */
function nights(signs: string, changes: Partial<NightRun> = {}): readonly (readonly NightRun[])[] {
  const outcomes = { '+': 'pass', x: 'fail', '?': 'broken', '~': 'known', '-': 'skip' } as const
  return Array.from(signs).map((sign) => [
    { scenario: 'a', outcome: outcomes[sign as keyof typeof outcomes], ...changes },
  ])
}

const codeOf = (one: CampaignsCompared) => exitCodeOfCompared(one, { failOnSlower: false })

await t.test('what became of a question, with what was known before', async (t) => {
  for (const [signs, change, code] of [
    ['++', 'same', 0],
    ['+x', 'new failure', 1],
    ['xx', 'still fails', 0],
    ['x+', 'fixed', 0],
    ['~+', 'fixed', 0],
    ['+~', 'known', 0],
    ['~~', 'known', 0],
    ['+x+x', 'flaky', 2],
    [`x${'+'.repeat(16)}x`, 'fails again', 1],
    ['+?', 'cannot tell', 2],
    ['?+', 'same', 0],
    ['+?x', 'new failure', 1],
    ['?+x', 'new failure', 1],
    ['x?x', 'still fails', 0],
    ['--', 'skipped', 4],
    ['+-', 'cannot tell', 2],
    ['-+', 'better', 0],
  ] as const) {
    const one = await compared(resultsWith(...nights(signs)))
    t.equal(one.questions[0]?.change, change, signs)
    t.equal(codeOf(one), code, `${signs}: exit code`)
  }
})

await t.test('the laws are told, and where the run is', async (t) => {
  const { questions } = await compared(resultsWith(...nights('+x')))
  t.match(questions, [
    {
      scenario: 'a',
      outcomes: { a: 'pass', b: 'fail' },
      rows: [
        { what: 'kernel', change: 'same' },
        { what: 'once', change: 'worse', base: { state: 'held' }, patched: { sentence: /moved twice/ } },
      ],
      path: 'a/6.1.0/plain/attempt-1',
    },
  ])
})

await t.test('a new kernel that disagrees is no flakiness', async (t) => {
  const old = nights('x++', { kernel: ['debian:6.1', 'aa'] })
  const results = resultsWith(...old, ...nights('x', { kernel: ['debian:6.1', 'bb'] }))
  t.equal((await compared(results)).questions[0]?.change, 'flaky', 'the old one disagreed with itself')
  const clean = resultsWith(
    ...nights('x', { kernel: ['debian:6.1', '99'] }),
    ...nights('++', { kernel: ['debian:6.1', 'aa'] }),
    ...nights('x', { kernel: ['debian:6.1', 'bb'] }),
  )
  t.equal((await compared(clean)).questions[0]?.change, 'fails again')
})

await t.test('what only one side was asked, or was to be', async (t) => {
  const results = resultsWith([
    { scenario: 'a', outcome: 'pass' },
    { scenario: 'b', outcome: 'pass' },
    { scenario: 'old', outcome: 'pass' },
  ])
  writeNight(
    results,
    2,
    [
      { scenario: 'a', outcome: 'pass' },
      { scenario: 'new', outcome: 'pass' },
      { scenario: 'worse', outcome: 'fail' },
    ],
    { ended: false, planned: ['b'] },
  )
  const one = await compared(results, nightName(1), nightName(2))
  t.match(one, { onlyA: 1, onlyB: 1 })
  t.same(
    one.questions.map(({ scenario, change }) => [scenario, change]),
    [
      ['worse', 'fails, not asked before'],
      ['b', 'not run'],
      ['a', 'same'],
    ],
  )
  t.equal(codeOf(one), 2)
})

await t.test('previous is a night like the latest, not what somebody ran in between', async (t) => {
  const night: readonly NightRun[] = ['a', 'b', 'c'].map((scenario) => ({ scenario, outcome: 'pass' }))
  const results = resultsWith(night, night.slice(0, 1), night)
  t.match(await compared(results), { a: nightName(1), b: nightName(3) })
  const other = resultsWith(night.slice(0, 1), night)
  t.match(await compared(other), { a: nightName(1) }, 'or what there is')
  await t.rejects(compared(resultsWith(night)), /no campaign before/)
  await t.rejects(compared(resultsWith()), /no campaign with a run/)
  await t.rejects(compared(results, '202611'), /may be .* or .*: give more/)
  await t.rejects(compared(results, 'nowhere'), /there is no such campaign/)
  t.match(await compared(results, '20261102', 'latest'), { a: nightName(2) }, 'the beginning of a name')
  const elsewhere = join(resultsWith(night), nightName(1))
  t.match(await compared(results, elsewhere), { a: elsewhere, questions: { length: 3 } }, 'a directory')
})

await t.test('kernels by what was asked for; the only ones left belong together', async (t) => {
  t.same(
    [...kernelPairs(['x', 'y'], ['y', 'z'])],
    [
      ['y', 'y'],
      ['x', 'z'],
    ],
  )
  t.same([...kernelPairs(['x', 'y'], ['v', 'z'])], [])
  const patched = nights('x', { kernel: ['tree:/linux', 'cc'] })
  const one = await compared(resultsWith(...nights('+'), ...patched), nightName(1), nightName(2))
  t.match(one, { paired: [['debian:6.1', 'tree:/linux']], questions: [{ change: 'new failure' }] })
})

await t.test('durations: beyond the noise of the runs before, on a host as busy', async (t) => {
  const timed = (runMs: number, more: Partial<NightRun> = {}) => nights('+', { runMs, ...more })
  const before = [10_000, 10_100, 9900, 10_200, 9800, 10_050, 9950, 10_150].flatMap((ms) => timed(ms))
  const moved = async (runs: readonly (readonly NightRun[])[]) =>
    (await compared(resultsWith(...before, ...runs))).questions[0]?.timings.map(({ what, verdict }) => [
      what,
      verdict,
    ])
  t.same(await moved(timed(15_000)), [['run', 'slower']])
  t.same(await moved(timed(10_300)), [['run', 'as usual']])
  t.same(
    (await compared(resultsWith(...timed(1), ...timed(2)))).questions[0]?.timings.map(
      ({ verdict }) => verdict,
    ),
    ['too few'],
  )
  const slower = await compared(resultsWith(...before, ...timed(15_000)))
  t.equal(codeOf(slower), 0)
  t.equal(exitCodeOfCompared(slower, { failOnSlower: true }), 1)
})
