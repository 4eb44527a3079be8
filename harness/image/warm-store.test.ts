import { existsSync, mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openCache, pruneImages } from './cache.ts'
import { imageTitle } from './image-title.ts'
import { surplus, warmLimitBytes, WarmStore } from './warm-store.ts'

const KEY = '0123456789abcdef'

/** Puts an empty one in its place, as a run does. */
async function make(store: WarmStore, label: string): Promise<void> {
  const dir = store.dir(label, KEY)
  const partial = (await store.reserve(dir)) ?? ''
  renameSync(partial, dir)
  await store.release(partial)
}

function image(name: string, sizeBytes: number, usedAtS: number) {
  return { name, path: `/c/${name}`, sizeBytes, usedAt: new Date(usedAtS * 1000) }
}

await t.test('what was used longest ago goes first, and only guests go', async (t) => {
  const images = [
    image(`kernel-6.1-${KEY}`, 900, 1),
    image(`warm-a-${KEY}`, 100, 2),
    image(`warm-b-${KEY}`, 100, 4),
    image(`warm-c-${KEY}`, 100, 3),
  ]
  const gone = (limit: number) => surplus(images, limit).map(({ name }) => name.slice(5, 6))
  t.same(gone(300), [])
  t.same(gone(299), ['a'])
  t.same(gone(150), ['a', 'c'])
  t.same(gone(0), ['a', 'c', 'b'])
})

await t.test('the limit is told in megabytes', async (t) => {
  t.equal(warmLimitBytes({}), 4e9)
  t.equal(warmLimitBytes({ IRQLAB_WARM_LIMIT: '250' }), 250e6)
  for (const text of ['-1', '1.5', '4G', 'none'])
    t.throws(() => warmLimitBytes({ IRQLAB_WARM_LIMIT: text }), {
      name: 'UsageError',
      message: /IRQLAB_WARM_LIMIT=/,
    })
})

await t.test('a guest that is put aside appears whole, and what is left of the making goes', async (t) => {
  const cache = openCache(t.testdir())
  const store = new WarmStore(cache, 1e9)
  t.teardown(() => store.end())
  const dir = store.dir('6.1-plain-settled', KEY)
  t.notOk(existsSync(dir))
  const partial = await store.reserve(dir)
  if (partial === undefined) throw new RangeError('no reservation')
  writeFileSync(join(partial, 'memory'), 'half')
  t.notOk(existsSync(dir), 'not before it is renamed')
  await store.release(partial)
  t.same(readdirSync(cache.dir), [])
})

await t.test('releasing one makes room: the limit holds for all that are there', async (t) => {
  const cache = openCache(t.testdir())
  const store = new WarmStore(cache, 150)
  t.teardown(() => store.end())
  for (const [at, label] of ['old', 'new'].entries()) {
    const dir = store.dir(label, KEY)
    mkdirSync(dir)
    writeFileSync(join(dir, 'memory'), Buffer.alloc(100))
    utimesSync(dir, new Date(), new Date(1e12 + at * 1000))
  }
  await make(store, 'newest')
  t.same(readdirSync(cache.dir), [`warm-new-${KEY}`, `warm-newest-${KEY}`])
})

await t.test('a guest that is asked for counts as used', async (t) => {
  const cache = openCache(t.testdir())
  const store = new WarmStore(cache, 150)
  const [first, second] = ['first', 'second'].map((label) => store.dir(label, KEY))
  for (const dir of [first, second]) {
    mkdirSync(dir ?? '')
    writeFileSync(join(dir ?? '', 'memory'), Buffer.alloc(100))
    utimesSync(dir ?? '', new Date(), new Date(1e12))
  }
  store.dir('first', KEY)
  t.teardown(() => store.end())
  await make(store, 'third')
  t.ok(existsSync(first ?? ''))
  t.notOk(existsSync(second ?? ''))
})

await t.test(
  'a machine that died leaves a half-made one: it goes after an hour, or when the cache is emptied',
  async (t) => {
    const cache = openCache(t.testdir())
    const [old, young] = ['aside-00000000000000aa', 'aside-00000000000000bb'].map((name) =>
      join(cache.dir, name),
    )
    for (const dir of [old, young]) mkdirSync(dir ?? '')
    utimesSync(old ?? '', new Date(), new Date(Date.now() - 2 * 3600_000))
    const store = new WarmStore(cache, 1e9)
    await make(store, 'new')
    await store.end()
    t.notOk(existsSync(old ?? ''))
    t.ok(existsSync(young ?? ''), 'somebody may be making it now')
    const gone = await pruneImages(cache, () => undefined)
    t.same(
      gone.map(({ path }) => path),
      [young, join(cache.dir, `warm-new-${KEY}`)],
    )
  },
)

await t.test('several runs at once make a snapshot once', async (t) => {
  const store = new WarmStore(openCache(t.testdir()), 1e9)
  const [first, second, other] = await Promise.all([
    store.reserve('a'),
    store.reserve('a'),
    store.reserve('b'),
  ])
  t.type(first, 'string')
  t.equal(second, undefined)
  t.type(other, 'string')
  await store.release(first ?? '')
  t.type(await store.reserve('a'), 'string', 'the first may have failed')
  await store.end()
})

await t.test('the list says what it is', async (t) => {
  const name = `warm-6.1.0-56-cloud-amd64-plain-settled-${KEY}`
  t.equal(
    imageTitle({ name, path: t.testdir(), sizeBytes: 1, usedAt: new Date() }),
    'a booted guest, put aside: 6.1.0-56-cloud-amd64-plain-settled',
  )
})
