import t from 'tap'
import { Deadline } from '../base/deadline.ts'
import { pause } from '../base/poll.ts'
import { flood } from './flood.ts'

const RATE = { perSecond: 2000, framesMin: 0, framesMax: 10_000 }

/** Everything that is sent is taken at once, but for what `hold` keeps back, and `limit` at most. */
function pipe(hold = 0, limit = Infinity) {
  let sent = 0
  return {
    send: () => {
      sent++
      return Promise.resolve()
    },
    taken: () => Promise.resolve(Math.max(0, Math.min(sent, limit) - hold)),
    patience: () => new Deadline('traffic.delivery', 'Taking of the flood', 50),
    get sent() {
      return sent
    },
  }
}

await t.test('it lasts as long as the acts', async (t) => {
  const lasting = pipe()
  const given = await flood(lasting, RATE, async () => {
    await pause(60)
    return 'done'
  })
  t.equal(given, 'done')
  t.ok(lasting.sent > 20 && lasting.sent < 1000, `${lasting.sent} in some 60 ms`)
})

await t.test('and until the least was sent, but never beyond the most', async (t) => {
  const [least, most] = [pipe(), pipe()]
  await flood(least, { ...RATE, framesMin: 40 }, () => Promise.resolve())
  t.ok(least.sent >= 40 && least.sent < 1000, `${least.sent} sent`)
  await flood(most, { ...RATE, framesMax: 5 }, () => pause(30))
  t.equal(most.sent, 5)
})

await t.test('what nobody takes is not piled up', async (t) => {
  const stuck = pipe(Infinity)
  await flood(stuck, { ...RATE, perSecond: 100_000 }, () => pause(40))
  t.equal(stuck.sent, 200)
})

await t.test('a queue that goes deaf ends it, but not before the acts are over', async (t) => {
  const deaf = pipe(0, 30)
  const started = performance.now()
  const given = await flood(deaf, { ...RATE, perSecond: 100_000, framesMin: 400 }, async () => {
    await pause(150)
    return 'done'
  })
  t.equal(given, 'done')
  t.equal(deaf.sent, 230)
  t.ok(performance.now() - started >= 150)
})

await t.test('an act that throws ends it', async (t) => {
  const thrown = flood(pipe(), { ...RATE, framesMin: 5 }, async () => {
    await pause(5)
    throw new Error('the act failed')
  })
  await t.rejects(thrown, { message: 'the act failed' })
})
