import t from 'tap'
import { grouped } from './grouped.ts'

await t.test('all that have a key, in their order', async (t) => {
  const groups = grouped([3, 10, 5, 12, 7], (number) => (number < 10 ? 'small' : 'large'))
  t.same(
    [...groups],
    [
      ['small', [3, 5, 7]],
      ['large', [10, 12]],
    ],
  )
  t.same([...grouped([], String)], [])
})
