import t from 'tap'
import type { Outcome } from '../record/run-record.ts'
import { FailureLimit } from './failure-limit.ts'

function reachedAfter(
  outcomes: readonly Outcome[],
  { max = 2, failOnKnown = false } = {},
): number | undefined {
  const limit = new FailureLimit(max, { failOnKnown })
  for (const [at, outcome] of outcomes.entries()) {
    limit.note(outcome)
    if (limit.reached) return at + 1
  }
  return undefined
}

void t.test('is reached by what ends a campaign with exit code 1, and by nothing else', (t) => {
  t.equal(reachedAfter(['pass', 'fail', 'broken', 'skip', 'known', 'fixed', 'pass']), 6)
  t.equal(reachedAfter(['fail', 'broken', 'broken', 'known', 'skip']), undefined)
  t.equal(reachedAfter(['known', 'known'], { failOnKnown: true }), 2)
  t.equal(reachedAfter(['pass', 'fail'], { max: 1 }), 2)
  t.end()
})
