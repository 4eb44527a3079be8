import t from 'tap'
import { Limits, limitsFactor } from './limits.ts'

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

await t.test('a slow or a crowded host gets more time, a fast and an idle one no less', async (t) => {
  const usual = { slowness: 1, vcpus: 4, cores: 2 }
  t.equal(limitsFactor(usual), 1)
  t.equal(limitsFactor({ ...usual, cores: 64 }), 1)
  t.equal(limitsFactor({ ...usual, slowness: 2.5 }), 2.5)
  t.equal(limitsFactor({ ...usual, slowness: 2.5, cores: 64 }), 2.5, 'many cores make none of them faster')
  t.equal(limitsFactor({ ...usual, vcpus: 12 }), 3, 'three guests side by side')
  t.equal(limitsFactor({ ...usual, cores: 1 }), 2)
  t.equal(limitsFactor({ slowness: 1.5, vcpus: 12, cores: 2 }), 4.5)
  t.equal(limitsFactor({ slowness: 7, vcpus: 64, cores: 2 }), 20)
  t.equal(limitsFactor({ slowness: 1, vcpus: 7, cores: 3 }), 1.17)
})
