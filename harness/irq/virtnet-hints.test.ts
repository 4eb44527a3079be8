import t from 'tap'
import { CpuMask } from './cpu-mask.ts'
import { virtnetHints } from './virtnet-hints.ts'

const hints = (online: readonly number[], pairs: number) =>
  virtnetHints(CpuMask.of(...online), pairs).map((mask) => mask.toList())

await t.test('a CPU for each pair', async (t) => {
  t.same(hints([0, 1, 2, 3], 4), ['0', '1', '2', '3'])
  t.same(hints([0, 2, 3], 3), ['0', '2', '3'])
})

await t.test('more CPUs than pairs: dealt out, the rest to the first', async (t) => {
  t.same(hints([0, 1, 2, 3], 2), ['0-1', '2-3'])
  t.same(hints([0, 1, 2, 3, 4], 2), ['0-2', '3-4'])
  t.same(hints([0, 1, 2, 3], 3), ['0-1', '2', '3'])
  t.same(hints([0, 1, 2, 3], 1), ['0-3'])
})

await t.test('fewer CPUs than pairs: they go round', async (t) => {
  t.same(hints([0, 1, 2], 4), ['0', '1', '2', '0'])
  t.same(hints([1], 2), ['1', '1'])
})
