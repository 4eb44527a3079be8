import t from 'tap'
import { startOrder } from './start-order.ts'

const known = new Map([
  ['short', 100],
  ['long', 900],
  ['short too', 100],
])
const plan = [1, 2].flatMap((repeat) =>
  ['short', 'new', 'long', 'short too', 'newer'].map((name) => ({ name, repeat })),
)
const order = (jobs: number) => startOrder(plan, jobs, ({ name }) => known.get(name))

await t.test('side by side: unknown, then the longest; equal ones as planned, repeats last', async (t) => {
  const round = ['new', 'newer', 'long', 'short', 'short too']
  t.same(
    order(2).map(({ name }) => name),
    [...round, ...round],
  )
  t.same(
    order(2).map(({ repeat }) => repeat),
    [1, 1, 1, 1, 1, 2, 2, 2, 2, 2],
  )
  t.equal(plan[0]?.name, 'short', 'the plan is as it was')
})

await t.test('one at a time: as planned', async (t) => {
  t.same(order(1), plan)
})
