import * as fc from 'fast-check'
import t from 'tap'
import { shardOf } from './shard.ts'

const plans = fc.record({
  weights: fc.array(fc.oneof(fc.integer({ min: 1, max: 600_000 }), fc.constantFrom(0, -1, NaN, Infinity)), {
    maxLength: 120,
  }),
  of: fc.integer({ min: 1, max: 20 }),
})

function all(weights: readonly number[], of: number): readonly (readonly number[])[] {
  const runs = weights.map((_, at) => at)
  return Array.from({ length: of }, (_, at) =>
    shardOf(runs, { index: at + 1, of }, (run) => weights[run] ?? NaN),
  )
}

void t.test('every run is in exactly one shard', (t) => {
  fc.assert(
    fc.property(plans, ({ weights, of }) => {
      const seen = all(weights, of).flat()
      t.strictSame(
        seen.toSorted((a, b) => a - b),
        weights.map((_, at) => at),
      )
    }),
  )
  t.end()
})

void t.test('no shard is empty while there are runs enough', (t) => {
  fc.assert(
    fc.property(plans, ({ weights, of }) => {
      fc.pre(weights.length >= of)
      t.ok(all(weights, of).every((shard) => shard.length > 0))
    }),
  )
  t.end()
})

void t.test('the longest shard is longer than the mean by one run at most', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 600_000 }), { minLength: 1, maxLength: 120 }),
      fc.integer({ min: 1, max: 20 }),
      (weights, of) => {
        const loads = all(weights, of).map((shard) => shard.reduce((sum, at) => sum + (weights[at] ?? 0), 0))
        const total = weights.reduce((sum, ms) => sum + ms, 0)
        // The last run went to the shard that had the least, which was below the mean.
        t.ok(Math.max(...loads) <= total / of + Math.max(...weights))
      },
    ),
  )
  t.end()
})

void t.test('keeps the order of the plan within a shard, and divides evenly what can be', (t) => {
  t.strictSame(all([10, 40, 30, 20], 2), [
    [0, 1],
    [2, 3],
  ])
  t.strictSame(all([5, 5, 5, 5], 2), [
    [0, 2],
    [1, 3],
  ])
  t.end()
})
