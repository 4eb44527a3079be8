import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { Trouble } from '../base/errors.ts'
import { pause } from '../base/poll.ts'
import { cacheKey, cached, listImages, openCache, pruneImages } from './cache.ts'

const parent = mkdtempSync(join(tmpdir(), 'irqlab-cache-'))
t.teardown(() => rmSync(parent, { recursive: true }))
const report = (): void => {}
const image = 'micro-00000000000000aa'

t.equal(cacheKey('a', 'b'), cacheKey('a', 'b'))
t.not(cacheKey('a', 'b'), cacheKey('ab', ''), 'where one part ends matters')
t.match(cacheKey('a'), /^[0-9a-f]{16}$/)

await t.test('an image is built once, whole or not at all', async (t) => {
  const cache = openCache(join(parent, 'once', 'deep'))
  let builds = 0
  const build = async (dir: string): Promise<void> => {
    builds += 1
    writeFileSync(join(dir, 'file'), 'content')
    t.notOk(existsSync(join(cache.dir, image)), 'not in place while it is being built')
  }
  const paths = await Promise.all([1, 2, 3].map(() => cached(cache, image, report, build)))
  t.same(new Set(paths), new Set([join(cache.dir, image)]))
  t.equal(builds, 1)
  t.equal(readFileSync(join(cache.dir, image, 'file'), 'utf8'), 'content')
  t.same(readdirSync(cache.dir), [image])
})

await t.test('a build that fails leaves nothing, and the next one starts anew', async (t) => {
  const cache = openCache(join(parent, 'fails'))
  const failing = cached(cache, image, report, async (dir) => {
    writeFileSync(join(dir, 'half'), '')
    throw new Error('no network')
  })
  await t.rejects(failing, { message: 'no network' })
  await t.rejects(
    cached(cache, '../up', report, async () => {}),
    { name: 'Bug' },
  )
  t.same(readdirSync(cache.dir), [])
  await cached(cache, image, report, async (dir) => {
    t.same(readdirSync(dir), [])
  })
})

await t.test('what a build that was killed has left is swept by the next one', async (t) => {
  const cache = openCache(join(parent, 'killed'))
  mkdirSync(join(cache.dir, 'partial-1-2', 'root'), { recursive: true })
  await cached(cache, image, report, async () => {})
  t.same(readdirSync(cache.dir), [image])
})

await t.test('waiting for another irqlab is said', async (t) => {
  const cache = openCache(join(parent, 'waits'))
  const lines: string[] = []
  const slow = cached(cache, 'kernel-6.1-00000000000000ab', report, () => pause(1500))
  const waiting = cached(
    cache,
    image,
    (line) => void lines.push(line),
    async () => {},
  )
  await Promise.all([slow, waiting])
  t.same(lines, [`waiting for another irqlab that builds images in ${cache.dir}`])
})

await t.test('images are listed with their size, and pruned', async (t) => {
  const cache = openCache(join(parent, 'prune'))
  const [a, b] = ['micro-00000000000000aa', 'micro-00000000000000bb']
  for (const name of ['mine', 'partial-x', 'micro-files']) mkdirSync(join(cache.dir, name))
  for (const name of [b, a]) {
    await cached(cache, name, report, async (dir) => {
      mkdirSync(join(dir, 'sub'))
      writeFileSync(join(dir, 'sub', 'file'), 'x'.repeat(1000))
    })
  }
  const images = listImages(cache)
  t.same(
    images.map(({ name, sizeBytes }) => [name, sizeBytes]),
    [
      [a, 1000],
      [b, 1000],
    ],
  )
  t.ok(Math.abs((images[0]?.usedAt.getTime() ?? 0) - Date.now()) < 60_000)
  mkdirSync(join(cache.dir, 'partial-1-2'))
  const gone = await pruneImages(cache, report, ({ name }) => name !== b)
  t.same(
    gone.map(({ name }) => name),
    [b, 'partial-1-2'],
  )
  t.same(readdirSync(cache.dir), ['micro-00000000000000aa', 'micro-files', 'mine', 'partial-x'])
  await pruneImages(cache, report)
  t.same(readdirSync(cache.dir), ['micro-files', 'mine', 'partial-x'], 'what is not ours stays')
})

await t.test('a cache that cannot be one is a matter of usage', async (t) => {
  writeFileSync(join(parent, 'file'), '')
  t.throws(() => openCache(join(parent, 'file')), { name: 'UsageError', message: /set IRQLAB_CACHE$/ })
  t.throws(() => openCache(join(parent, 'file', 'below')), { name: 'UsageError' })
})

await t.test('asking for an image is noted, so that pruning can tell', async (t) => {
  const cache = openCache(join(parent, 'used'))
  const path = await cached(cache, image, report, async () => {})
  utimesSync(path, 0, 0)
  t.equal(listImages(cache)[0]?.usedAt.getTime(), 0)
  await cached(cache, image, report, async () => {})
  t.ok(Math.abs((listImages(cache)[0]?.usedAt.getTime() ?? 0) - Date.now()) < 60_000)
})

await t.test('a disk that does not take it is a lasting trouble with a remedy', async (t) => {
  const cache = openCache(join(parent, 'full'))
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  const said = new Trouble('image.archive', 'apt-get ended: write (28: No space left on device)', {
    hint: 'look at the network',
  })
  for (const error of [full, said]) {
    await t.rejects(
      cached(cache, image, report, () => Promise.reject(error)),
      {
        name: 'Trouble',
        stage: 'image.cache',
        lasting: true,
        message: `cannot build an image in ${cache.dir}: the disk is full`,
        hint: /IRQLAB_CACHE/,
      },
      error.message,
    )
  }
})

await t.test('a link that leads back does not lead astray', async (t) => {
  const cache = openCache(join(parent, 'loop'))
  await cached(cache, image, report, async (dir) => {
    mkdirSync(join(dir, 'src'))
    writeFileSync(join(dir, 'src', 'file'), 'content')
    symlinkSync('..', join(dir, 'src', 'back'))
  })
  const [one] = listImages(cache)
  t.ok(one !== undefined && one.sizeBytes < 100, `${one?.sizeBytes} bytes`)
})
