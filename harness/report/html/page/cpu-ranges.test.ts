import t from 'tap'
import { cpuWords, hasCpu, nearest, rangesOf, sizeOf, stripes } from './cpu-ranges.ts'

await t.test('a list becomes spans', async (t) => {
  t.same(rangesOf('0-3,8'), [
    [0, 3],
    [8, 8],
  ])
  t.same(rangesOf(''), [])
  t.equal(sizeOf(rangesOf('0-3,8')), 5)
  t.ok(hasCpu(rangesOf('0-3,8'), 8))
  t.notOk(hasCpu(rangesOf('0-3,8'), 4))
})

await t.test('in words', async (t) => {
  t.same(['', '3', '0-3', '1,3'].map(cpuWords), ['no CPU', 'CPU 3', 'CPUs 0-3', 'CPUs 1,3'])
})

await t.test('as one background, however many spans', async (t) => {
  t.equal(stripes([], 4, 'red'), 'none')
  t.equal(
    stripes([[1, 2]], 4, 'red'),
    'linear-gradient(to right, transparent 25%, red 25%, red 75%, transparent 75%)',
  )
})

await t.test('where the arrow of a request points: its nearest CPU', async (t) => {
  t.equal(nearest(rangesOf('0,6-7'), 5), 6)
  t.equal(nearest(rangesOf('0,6-7'), 9), 7)
  t.equal(nearest(rangesOf('0,6-7'), 2), 0)
  t.equal(nearest([], 2), undefined)
})
