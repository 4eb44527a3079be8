import t from 'tap'
import type { Outcome } from '../record/run-record.ts'
import type { LineRun } from './line-run.ts'
import { STABLE_PASSES, standingOf } from './standing.ts'

const SIGNS: Readonly<Record<string, Outcome>> = {
  '+': 'pass',
  x: 'fail',
  '?': 'broken',
  '~': 'known',
  '!': 'fixed',
  '-': 'skip',
}

/** A line: a sign a run, a campaign each; those in brackets are of one campaign; a digit is the kernel from there on. */
function line(signs: string): readonly LineRun[] {
  const runs: LineRun[] = []
  let [kernel, campaign, isOpen] = [1, 0, false]
  for (const sign of signs) {
    if (/\d/.test(sign)) kernel = Number(sign)
    if (sign === '(') campaign++
    if (sign === '(' || sign === ')') isOpen = sign === '('
    const outcome = SIGNS[sign]
    if (outcome === undefined) continue
    if (!isOpen) campaign++
    runs.push({ outcome, earlier: [], kernel, campaign, startedMs: runs.length, runMs: undefined })
  }
  return runs
}

const passes = (count: number) => '+'.repeat(count)

await t.test('what is new', async (t) => {
  for (const [signs, news] of [
    ['x', 'new failure'],
    ['+++x', 'new failure'],
    ['~~x', 'new failure'],
    ['++xx', 'still fails'],
    ['+x?x', 'still fails'],
    ['+x+', 'fixed'],
    ['+x?+', 'fixed'],
    ['+x+x', 'fails again'],
    ['x+++?x', 'fails again'],
    ['+~', 'known'],
    ['~+', 'fixed'],
    ['+!', 'still declared'],
    ['++?', 'newly broken'],
    ['+??', 'still broken'],
    ['+-', 'skipped'],
    ['x--+', 'fixed'],
    ['++', 'passes'],
    ['?+', 'passes'],
    ['++(+x+)', 'new failure'],
    ['(+x)(++)', 'fixed'],
    ['(-+)', 'passes'],
  ] as const)
    t.equal(standingOf(line(signs)).news, news, signs)
})

await t.test('a failure began in the first campaign of those that failed in a row', async (t) => {
  t.equal(standingOf(line('+x+xx?x')).failingSince, 4)
  t.equal(standingOf(line('xx')).failingSince, 1)
  t.equal(standingOf(line('+x?')).failingSince, 2, 'broken hides no failure')
  t.equal(standingOf(line('x+')).failingSince, undefined)
})

await t.test('flaky: disagreement on one kernel, of runs or of attempts', async (t) => {
  for (const [signs, steadiness] of [
    ['+x', 'flaky'],
    ['1++2xx', 'settling'],
    ['1++2xx1x', 'flaky'],
    ['+?', 'flaky'],
    ['+-+', 'settling'],
    ['~~~', 'settling'],
    ['~+', 'flaky'],
    [`x${passes(STABLE_PASSES - 1)}`, 'flaky'],
    [`x${passes(STABLE_PASSES)}`, 'stable'],
    [`x${passes(STABLE_PASSES)}x`, 'flaky'],
    [`x${passes(STABLE_PASSES)}2x`, 'settling'],
    [passes(STABLE_PASSES - 1), 'settling'],
    [passes(STABLE_PASSES), 'stable'],
    [`${passes(8)}---2${passes(7)}`, 'stable'],
  ] as const)
    t.equal(standingOf(line(signs)).steadiness, steadiness, signs)
  const [only] = line('+')
  const retried = only === undefined ? [] : [{ ...only, earlier: ['broken' as const] }]
  t.match(standingOf(retried), { steadiness: 'flaky', passesInARow: 0 })
})

await t.test('what was skipped is no part of the pass rate', async (t) => {
  t.equal(standingOf(line('+-x-')).passRate, 0.5)
  t.equal(standingOf(line('--')).passRate, undefined)
  t.same(standingOf(line('++x-')).counts, { pass: 2, fail: 1, skip: 1 })
})
