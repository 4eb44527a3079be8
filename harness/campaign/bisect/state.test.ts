import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { listImages } from '../../image/cache.ts'
import { openBisection } from './state.ts'

const cache = { dir: t.testdir({}) }
const asked = { tree: '/linux', good: 'a', bad: 'b' }
const begin = { seed: 7, results: '/results/first', fresh: false }

await t.test('the same words go on with what was begun; others begin anew', async (t) => {
  const first = await openBisection(cache, 'quiet-queue', asked, begin)
  t.match(first, { seed: 7, results: '/results/first', resumed: false })
  writeFileSync(first.journal, 'known\n')
  await first.release()

  const second = await openBisection(cache, 'quiet-queue', asked, { ...begin, seed: 8, results: '/other' })
  t.match(second, { dir: first.dir, seed: 7, results: '/results/first', resumed: true })
  await second.release()

  const other = await openBisection(cache, 'quiet-queue', { ...asked, bad: 'c' }, begin)
  t.not(other.dir, first.dir)
  t.equal(other.resumed, false)
  await other.release()
  t.same(
    listImages(cache).map(({ name }) => name),
    [first.dir, other.dir].map((dir) => basename(dir)).toSorted(),
    'the cache knows them as its own',
  )
})

await t.test('one at a time, and free again when the other is gone', async (t) => {
  const first = await openBisection(cache, 'quiet-queue', asked, begin)
  await t.rejects(openBisection(cache, 'quiet-queue', asked, begin), {
    name: 'Trouble',
    message: /another irqlab is at work on this bisection/,
  })
  await first.release()
  await (await openBisection(cache, 'quiet-queue', asked, begin)).release()
})

await t.test('--fresh forgets, and is the remedy for what cannot be read', async (t) => {
  const fresh = await openBisection(cache, 'quiet-queue', asked, { ...begin, seed: 9, fresh: true })
  t.match(fresh, { seed: 9, resumed: false })
  await fresh.release()
  writeFileSync(join(fresh.dir, 'bisection.json'), '{"schema":"else"}')
  await t.rejects(openBisection(cache, 'quiet-queue', asked, begin), { name: 'Trouble', hint: /--fresh/ })
  const again = await openBisection(cache, 'quiet-queue', asked, { ...begin, fresh: true })
  t.equal(again.resumed, false)
  await again.release()
})
