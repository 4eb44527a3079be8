import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { z } from 'zod'
import { nightName, type NightRun, writeNight } from '../history/night-fixture.ts'
import { sinceWhen } from './history-options.ts'
import { irqlab, makePlace } from './irqlab-fixture.ts'

const place = makePlace()
t.teardown(() => place.remove())

const night = (a: NightRun['outcome']): readonly NightRun[] => [
  { scenario: 'deferred-move', outcome: a },
  { scenario: 'quiet-queue', outcome: 'pass' },
  { scenario: 'shared-vector', outcome: 'skip' },
]
for (const [at, outcome] of (['pass', 'pass', 'fail'] as const).entries())
  writeNight(place.results, at + 1, night(outcome))
const ask = (...words: readonly string[]) => irqlab(place, [...words, '--results', place.results])

await t.test('two that ask at once, with no index yet, both get the right answer', async (t) => {
  const shape = z.object({
    schema: z.literal('irqlab.history/1'),
    campaigns: z.literal(3),
    lines: z.array(
      z.object({
        scenario: z.string(),
        news: z.string(),
        steadiness: z.string(),
        outcomes: z.array(z.string()),
      }),
    ),
    unreadable: z.tuple([]),
  })
  const answers = await Promise.all([
    ask('history', '--json'),
    ask('history', '--json'),
    ask('history', '--json'),
  ])
  for (const { status, stdout, stderr } of answers) {
    t.equal(status, 0)
    t.equal(stderr, '')
    const { lines } = shape.parse(JSON.parse(stdout))
    t.same(
      lines.map(({ scenario, news, steadiness, outcomes }) => [
        scenario,
        news,
        steadiness,
        outcomes.join(' '),
      ]),
      [
        ['deferred-move', 'new failure', 'flaky', 'pass pass fail'],
        ['shared-vector', 'skipped', 'settling', 'skip skip skip'],
        ['quiet-queue', 'passes', 'settling', 'pass pass pass'],
      ],
    )
  }
})

await t.test('lines for a person: what is new and bad first', async (t) => {
  const { status, stdout } = await ask('history')
  t.equal(status, 0)
  t.match(
    stdout,
    /^all on debian:6\.1, plain, TCG\n\nwhat is new +scenario +newest right +passed +steady +took +last run\n/,
  )
  t.match(stdout, /\nnew failure +deferred-move +✓✓✗ +67 % of 3 +flaky +10 s ± 0\.0 s +\d+ days ago\npasses/)
  t.match(stdout, /\n1 more that were only ever skipped/)
  t.match(stdout, /\n1 new to fail, 1 skipped, 1 pass; 1 flaky, 0 stable\n/)
  t.match(stdout, /\n9 runs of 3 campaigns in /)
})

await t.test(
  'one scenario: its laws, and each run that was no pass with its sentence and path',
  async (t) => {
    const { stdout } = await ask('history', 'deferred-move')
    t.match(stdout, /^deferred-move on debian:6\.1, plain, TCG\n +new failure; flaky/)
    t.match(stdout, /once: violated 1 of 3, such as input\.0 \(irq 28\): moved twice/)
    t.match(
      stdout,
      new RegExp(
        `✗ fail +2026-11-03 02:00 .*\\n +fail of ${nightName(3)}\\n +${nightName(3)}/deferred-move/6.1.0/plain/attempt-1`,
      ),
    )
    t.match((await ask('history', 'shared-vector')).stdout, /skipped: skip of/)
  },
)

await t.test('compare: worse is 1', async (t) => {
  const worse = await ask('compare')
  t.equal(worse.status, 1)
  t.match(
    worse.stdout,
    /new failure deferred-move on debian:6\.1, plain: pass -> fail\n.*worse +once: held -> violated/,
  )
  t.match(worse.stdout, /\n1 new failure, 1 skipped, 1 same\n$/)
  t.equal((await ask('compare', nightName(1), nightName(2))).status, 0)
  const { stdout } = await ask('compare', '--json')
  t.match(JSON.parse(stdout), { schema: 'irqlab.compare/1', exitCode: 1, b: nightName(3) })
})

await t.test('the page of trends is one file that asks nobody', async (t) => {
  const file = join(place.dir, 'trend.html')
  t.match(await ask('history', '--html', file), {
    status: 0,
    stdout: /^trends of 2 lines over 3 campaigns in /,
  })
  const page = readFileSync(file, 'utf8')
  t.match(page, /<!doctype html>/)
  t.notMatch(page, /https?:\/\/(?!www\.w3\.org)/)
  t.notMatch(page, place.dir, 'no path of this machine')
  t.match(page, /<td class="cell fail">✗<\/td><\/tr>/)
})

await t.test('bad usage names thing, value and remedy', async (t) => {
  for (const [words, complaint] of [
    [
      ['history', 'defered-move'],
      /"defered-move" has no run in these results; did you mean "deferred-move"\?/,
    ],
    [['history', '--kernel', '9'], /--kernel 9: no run of it; there are debian:6\.1/],
    [['history', '--machine', 'big'], /--machine big: no run on it; there are plain/],
    [['history', '--since', 'monday'], /--since "monday": give hours, days or weeks/],
    [['history', '--html', '/nowhere/x.html'], /there is no directory \/nowhere/],
    [['compare', 'latest', 'latest'], /is given twice/],
    [['compare', 'nothing'], /there is no such campaign/],
  ] as const) {
    const { status, stderr } = await ask(...words)
    t.equal(status, 64, words.join(' '))
    t.match(stderr, complaint)
  }
  const nowhere = await irqlab(place, ['history', '--results', '/nowhere'])
  t.match(nowhere, { status: 64, stderr: /--results \/nowhere: there is no such directory/ })
})

await t.test('a campaign that was killed: what was not run is told', async (t) => {
  writeNight(place.results, 4, night('pass'), { ended: false, planned: ['x', 'y'] })
  const { stdout } = await ask('history')
  t.match(stdout, `${nightName(4)}: 2 of 5 runs were not run: it still runs, or was killed`)
  t.match(stdout, /fixed +deferred-move +✓✓✗✓/)
})

await t.test('since when', async (t) => {
  const when = sinceWhen('--since', () => 1_000_000_000_000)
  t.equal(when('2h'), 1_000_000_000_000 - 7_200_000)
  t.equal(when('1w'), 1_000_000_000_000 - 604_800_000)
  t.equal(when('2026-11-22'), Date.parse('2026-11-22T00:00:00Z'))
  for (const text of ['', '7', 'd', '2026-13-01', '2026-11-22T10', '-1d'])
    t.throws(() => when(text), /--since/)
})
