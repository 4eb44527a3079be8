import t from 'tap'
import { Deadline, formatMs } from './deadline.ts'
import { pause } from './poll.ts'

await t.test('a promise in time wins, with its value or its error', async (t) => {
  const deadline = new Deadline('a.b', 'The answer', 1000)
  t.equal(await deadline.race(Promise.resolve(7)), 7)
  await t.rejects(deadline.race(Promise.reject(new RangeError('mine'))), {
    name: 'RangeError',
    message: 'mine',
  })
  t.equal(deadline.passed, false)
  t.ok(deadline.leftMs > 0 && deadline.leftMs <= 1000)
})

await t.test('a promise too late is trouble at the stage, with what was seen last', async (t) => {
  const never = new Promise<number>(() => undefined)
  await t.rejects(new Deadline('boot.ssh', 'The first SSH login', 10).race(never), {
    name: 'Trouble',
    stage: 'boot.ssh',
    message: 'The first SSH login took longer than 10 ms',
  })
  let seen = 'nothing yet'
  const raced = new Deadline('boot.ssh', 'The login', 20).race(never, () => seen)
  seen = 'connection refused'
  await t.rejects(raced, { message: 'The login took longer than 20 ms; last seen: connection refused' })
})

await t.test('what is settled already wins even after the deadline', async (t) => {
  const deadline = new Deadline('a', 'It', 1)
  await pause(5)
  t.equal(deadline.passed, true)
  t.equal(deadline.leftMs, 0, 'never negative')
  t.equal(await deadline.race(Promise.resolve('there')), 'there')
})

await t.test('a rejection after the deadline troubles nobody', async (t) => {
  const late = pause(20).then(() => Promise.reject(new Error('late')))
  await t.rejects(new Deadline('a', 'It', 1).race(late), { name: 'Trouble' })
  await pause(30)
})

await t.test('milliseconds in words', async (t) => {
  const words: readonly (readonly [number, string])[] = [
    [0, '0 ms'],
    [849.6, '850 ms'],
    [999.4, '999 ms'],
    [1000, '1 s'],
    [6400, '6.4 s'],
    [15_000, '15 s'],
    [119_000, '119 s'],
    [180_000, '3 min'],
  ]
  for (const [ms, text] of words) t.equal(formatMs(ms), text)
})
