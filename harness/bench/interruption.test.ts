import t from 'tap'
import { Interrupted } from '../base/errors.ts'
import { stopper } from './interruption.ts'

await t.test('work that is at hand is abandoned, and no more is begun', async (t) => {
  const stop = new AbortController()
  const unlessStopped = stopper(stop.signal)
  t.equal(await unlessStopped(async () => 7), 7)
  const hanging = unlessStopped(() => new Promise(() => undefined))
  stop.abort(new Interrupted('SIGTERM'))
  await t.rejects(hanging, { name: 'Interrupted', signal: 'SIGTERM' })
  let begun = false
  await t.rejects(
    unlessStopped(async () => {
      begun = true
    }),
    { name: 'Interrupted' },
  )
  t.notOk(begun)
})
