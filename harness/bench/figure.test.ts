import t from 'tap'
import { decisive, median, summarize } from './figure.ts'

await t.test('the median is the middle, whatever the order', async (t) => {
  t.equal(median([7]), 7)
  t.equal(median([9, 1, 5]), 5)
  t.equal(median([10, 1, 2, 4]), 3, 'the mean of the two in the middle')
  const given = [3, 1, 2]
  median(given)
  t.same(given, [3, 1, 2], 'the samples stay in their order')
  t.throws(() => median([]), { name: 'Bug' })
})

await t.test('a figure is a multiple of another, round by round', async (t) => {
  const [floor, ready] = summarize([
    { name: 'floor', unit: 'ms', samples: [2000, 9000, 2500] },
    { name: 'cold ready', unit: 'ms', samples: [4000, 9000, 10_000], per: 'floor', goalMax: 1.25 },
  ])
  t.match(floor, { median: 2500, min: 2000, max: 9000 })
  t.equal(floor?.ratio, undefined, 'compared with nothing: absent, not 1')
  t.match(ready, { median: 9000, ratio: { median: 2, min: 1, max: 4 }, goalMax: 1.25 })
  t.equal(ready && decisive(ready), 2)
  t.equal(floor && decisive(floor), 2500)
})

await t.test('what was not measured as often is compared with the median', async (t) => {
  const [, suite] = summarize([
    { name: 'floor', unit: 'ms', samples: [1000, 2000, 9000] },
    { name: 'suite', unit: 'ms', samples: [8000], per: 'floor' },
  ])
  t.same(suite?.ratio, { median: 4, min: 4, max: 4 })
})

await t.test('a comparison with nothing, or with another unit, is a bug', async (t) => {
  t.throws(() => summarize([{ name: 'a', unit: 'ms', samples: [1], per: 'b' }]), { name: 'Bug' })
  const apples = { name: 'a', unit: 'ms', samples: [1], per: 'b' } as const
  t.throws(() => summarize([apples, { name: 'b', unit: 'MB', samples: [1] }]), { name: 'Bug' })
})
