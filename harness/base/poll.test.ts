import t from 'tap'
import { Deadline } from './deadline.ts'
import { pause, poll } from './poll.ts'

await t.test('asks until there is an answer', async (t) => {
  let asked = 0
  const answer = await poll(new Deadline('a', 'It', 1000), () => (++asked < 3 ? undefined : 'yes'), {
    everyMs: 1,
  })
  t.equal(answer, 'yes')
  t.equal(asked, 3)
})

await t.test('zero, the empty string and false are answers', async (t) => {
  for (const answer of [0, '', false, null]) {
    t.equal(await poll(new Deadline('a', 'It', 5), () => Promise.resolve(answer), { everyMs: 1 }), answer)
  }
})

await t.test('asks at least once, and once more when the time is up', async (t) => {
  const passed = new Deadline('a', 'It', 0)
  t.equal(await poll(passed, () => 'already', { everyMs: 1 }), 'already')

  const started = performance.now()
  const answer = await poll(
    new Deadline('a', 'It', 20),
    () => (performance.now() - started >= 19 ? 'just in time' : undefined),
    { everyMs: 10_000 },
  )
  t.equal(answer, 'just in time')
  t.ok(performance.now() - started < 5000, 'the last pause is no longer than the time left')
})

await t.test('no answer in time is trouble with what was seen last', async (t) => {
  let asked = 0
  const asking = poll(new Deadline('x.y', 'The prompt', 15), () => void asked++, {
    everyMs: 2,
    seen: () => (asked > 1 ? 'many times nothing' : 'nothing'),
  })
  await t.rejects(asking, {
    name: 'Trouble',
    stage: 'x.y',
    message: 'The prompt took longer than 15 ms; last seen: many times nothing',
  })
})

await t.test('an error of the ask ends it at once', async (t) => {
  let asked = 0
  const ask = () => {
    asked++
    throw new RangeError('refused')
  }
  await t.rejects(poll(new Deadline('a', 'It', 1000), ask, { everyMs: 1 }), { name: 'RangeError' })
  t.equal(asked, 1)
})

await t.test('a pause lasts', async (t) => {
  const started = performance.now()
  await pause(20)
  t.ok(performance.now() - started >= 19)
})
