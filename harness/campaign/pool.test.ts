import t from 'tap'
import { pause } from '../base/poll.ts'
import { inPool } from './pool.ts'

await t.test('never more than the limit at once, begun in order, answered in order', async (t) => {
  for (const limit of [1, 2, 3, 64]) {
    let [now, most] = [0, 0]
    const begun: number[] = []
    const items = [30, 5, 1, 20, 1, 10]
    const answers = await inPool(items, limit, new AbortController(), async (ms) => {
      begun.push(ms)
      most = Math.max(most, ++now)
      await pause(ms)
      now--
      return `${ms}`
    })
    t.equal(most, Math.min(limit, items.length))
    t.same(begun, items)
    t.same(answers, items.map(String))
  }
  t.same(await inPool([], 2, new AbortController(), async () => 1), [])
})

await t.test('one that throws ends all: they are told, waited for, and no other is begun', async (t) => {
  const ended: string[] = []
  const stop = new AbortController()
  const work = inPool(['slow', 'bad', 'slow too', 'never'], 3, stop, async (name) => {
    if (name === 'bad') throw new RangeError('bad')
    await new Promise((told) => stop.signal.addEventListener('abort', told, { once: true }))
    await pause(20)
    ended.push(name)
    throw new Error(`${name} was ended`)
  })
  await t.rejects(work, { name: 'RangeError', message: 'bad' }, 'the first error is the one that counts')
  t.same(ended, ['slow', 'slow too'])
})

await t.test('ended from outside: what is at work may finish, and the reason is thrown', async (t) => {
  const stop = new AbortController()
  const finished: number[] = []
  const work = inPool([1, 2, 3], 2, stop, async (item) => {
    await pause(10)
    finished.push(item)
  })
  stop.abort(new TypeError('a signal'))
  await t.rejects(work, { name: 'TypeError', message: 'a signal' })
  t.same(finished, [1, 2])
  await t.rejects(
    inPool([1], 1, stop, async () => finished.push(4)),
    { message: 'a signal' },
  )
  t.same(finished, [1, 2], 'nothing is begun after it')
})

await t.test('whatever is thrown is thrown on, even nothing at all', async (t) => {
  const thrown = await inPool([1], 1, new AbortController(), () => Promise.reject(undefined)).then(
    () => 'nothing',
    () => 'something',
  )
  t.equal(thrown, 'something')
})
