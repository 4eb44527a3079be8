import t from 'tap'
import { pause } from '../base/poll.ts'
import { roundsFor } from './rounds.ts'

await t.test('without a soak it is one round', async (t) => {
  const rounds = []
  for await (const round of roundsFor(0, () => Promise.reject(new Error('nothing comes between'))))
    rounds.push(round)
  t.same(rounds, [1])
})

await t.test('with one, rounds begin as long as it lasts, and something comes between', async (t) => {
  const log: (number | string)[] = []
  const between = () => {
    log.push('cut')
    return Promise.resolve()
  }
  for await (const round of roundsFor(50, between)) {
    log.push(round)
    await pause(20)
  }
  t.same(log.slice(0, 3), [1, 'cut', 2])
  t.ok(log.length < 12, `${log.length} entries`)
  t.equal(typeof log.at(-1), 'number', 'the last thing is a round')
})
