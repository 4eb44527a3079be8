import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { afresh, type Fact } from '../host/memory.ts'
import { listImages, openCache, pruneImages } from './cache.ts'
import { cacheMemory } from './cache-memory.ts'

const parent = mkdtempSync(join(tmpdir(), 'irqlab-memory-'))
t.teardown(() => rmSync(parent, { recursive: true }))
const fact: Fact = { kind: 'kvm-proof', of: '/dev/kvm', conditions: { boot: 'a', size: 3 } }

await t.test('what is kept is recalled by the next one, with its time', async (t) => {
  const cache = { dir: join(parent, 'kept', 'deep') }
  t.equal(cacheMemory(cache).recall(fact), undefined)
  cacheMemory(cache).keep(fact, { usable: true })
  t.match(cacheMemory(cache).recall(fact), { value: { usable: true }, keptAt: /^20\d\d-.*T.*:\d\dZ$/ })
  const name = readdirSync(cache.dir)[0] ?? ''
  t.match(name, /^memory-kvm-proof-[0-9a-f]{16}$/)
  t.same(readdirSync(join(cache.dir, name)), ['facts.json'])
})

await t.test('other conditions, another thing and another kind are not it; the latest is kept', async (t) => {
  const memory = cacheMemory(openCache(join(parent, 'conditions')))
  memory.keep(fact, 1)
  for (const conditions of [{ boot: 'b', size: 3 }, { boot: 'a', size: 4 }, { boot: 'a' }, {}]) {
    t.equal(memory.recall({ ...fact, conditions }), undefined)
  }
  t.equal(memory.recall({ ...fact, of: '/dev/other' }), undefined)
  t.equal(memory.recall({ ...fact, kind: 'qemu' }), undefined)
  const after = { ...fact, conditions: { boot: 'b', size: 3 } }
  memory.keep(after, 2)
  t.equal(memory.recall(after)?.value, 2)
  t.equal(memory.recall(fact), undefined, 'nothing piles up from boot to boot')
})

await t.test('asking afresh recalls nothing, and keeps for the others', async (t) => {
  const memory = cacheMemory(openCache(join(parent, 'afresh')))
  memory.keep(fact, 1)
  t.equal(afresh(memory).recall(fact), undefined)
  afresh(memory).keep(fact, 2)
  t.equal(memory.recall(fact)?.value, 2)
})

await t.test('damaged is as absent', async (t) => {
  const cache = openCache(join(parent, 'damaged'))
  const memory = cacheMemory(cache)
  memory.keep(fact, 1)
  const file = join(cache.dir, readdirSync(cache.dir)[0] ?? '', 'facts.json')
  const whole = readFileSync(file, 'utf8')
  for (const text of ['', whole.slice(0, -4), '7', 'null', '[]', whole.replace('"keptAt"', '"x"')]) {
    writeFileSync(file, text)
    t.equal(memory.recall(fact), undefined, JSON.stringify(text))
  }
  memory.keep(fact, 3)
  t.equal(memory.recall(fact)?.value, 3)
})

await t.test('a cache that takes nothing is no trouble', async (t) => {
  const file = join(parent, 'file')
  writeFileSync(file, '')
  cacheMemory({ dir: file }).keep(fact, 1)
  cacheMemory({ dir: '/proc/none/such' }).keep(fact, 1)
  const closed = openCache(join(parent, 'closed'))
  chmodSync(closed.dir, 0o500)
  cacheMemory(closed).keep(fact, 1)
  t.equal(cacheMemory({ dir: file }).recall(fact), undefined)
})

await t.test('it is listed as any image, and pruned', async (t) => {
  const cache = openCache(join(parent, 'pruned'))
  const memory = cacheMemory(cache)
  memory.keep(fact, 1)
  t.equal(listImages(cache).length, 1)
  await pruneImages(cache, () => undefined)
  t.equal(memory.recall(fact), undefined)
})
