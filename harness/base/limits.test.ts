import t from 'tap'
import { Limits } from './limits.ts'

await t.test('one factor stretches all limits', async (t) => {
  t.equal(new Limits(1).ms('guest.command'), 15_000)
  t.equal(new Limits(3).ms('guest.command'), 45_000)
  t.equal(new Limits(0.5).ms('boot.qemu'), new Limits(1).ms('boot.qemu') / 2)
})

await t.test('a deadline carries the name of its limit as the stage', async (t) => {
  const deadline = new Limits(0.001).deadline('guest.command', '`true` in the guest')
  t.equal(deadline.limitMs, 15)
  await t.rejects(deadline.race(new Promise(() => undefined)), {
    name: 'Trouble',
    stage: 'guest.command',
    message: '`true` in the guest took longer than 15 ms',
  })
})
