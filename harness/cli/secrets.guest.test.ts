/** What a run leaves goes to a CI server and to strangers: no key, no name, nothing of the environment may be in it. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import { RUN_BYTES_MAX } from '../base/bounded.ts'
import { cacheDir } from '../image/cache.ts'
import { irqlab, makePlace } from './irqlab-fixture.ts'

const NEEDLE = 'needle-4711'

/** All files below it, with what is in them. */
function filesIn(dir: string): readonly { readonly file: string; readonly bytes: Buffer }[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file, bytes: readFileSync(file) }))
}

/** The keys of every guest in the cache: the client's as text, line by line, the guest's own as its bytes. */
function keysIn(cache: string): readonly Buffer[] {
  return readdirSync(cache)
    .filter((name) => name.startsWith('micro-'))
    .flatMap((name) => {
      const client = readFileSync(join(cache, name, 'client_ed25519'), 'utf8')
      const archive = readFileSync(join(cache, name, 'initramfs.cpio'))
      const at = archive.indexOf('etc/dropbear/host_ed25519\0')
      const lines = client.split('\n').filter((line) => line.length > 40)
      // The private half lies behind the name and the length of the type: bytes that nothing else has.
      return [...lines.map((line) => Buffer.from(line)), archive.subarray(at + 48, at + 80)]
    })
}

await t.test(
  'a run, and the bundle of it, hold no key, no name of user or host, and no environment',
  async (t) => {
    const place = makePlace()
    t.teardown(() => place.remove())
    const cache = cacheDir()
    // The cache lies at home, as it does for most.
    const home = dirname(cache)
    const env = { HOME: home, USER: NEEDLE, LOGNAME: NEEDLE, IRQLAB_NEEDLE: NEEDLE, IRQLAB_CACHE: cache }
    const called = await irqlab(
      place,
      ['run', 'cancelled-request', '--retries', '1', '--timeout-scale', '4', '--results', place.results],
      { env, limitMs: 240_000 },
    )
    t.match(called, { status: 0 }, called.stdout + called.stderr)
    const run = readdirSync(place.results).find((name) => name.endsWith('-cancelled-request')) ?? ''
    const at = readdirSync(join(place.results, run), { recursive: true })
      .map(String)
      .find((name) => name.endsWith('record.json'))
    const bundle = join(place.dir, 'bundle.tar.gz')
    const packed = await irqlab(
      place,
      ['bundle', dirname(join(place.results, run, at ?? '')), '--output', bundle],
      { env, limitMs: 60_000 },
    )
    t.match(packed, { status: 0, stdout: /images {2}kernel, guest and modules/ })
    await irqlab(place, ['-xzf', bundle, '-C', place.results], { program: ['tar'] })

    const files = filesIn(place.results)
    t.ok(files.length > 40, `${files.length} files were looked at`)
    t.ok(files.reduce((sum, { file }) => sum + statSync(file).size, 0) < 2 * RUN_BYTES_MAX)
    const text = [NEEDLE, 'PRIVATE KEY', `${home}/`, hostname()].filter((word) => word.length > 2)
    const needles = [...text.map((word) => Buffer.from(word)), ...keysIn(cache)]
    t.ok(needles.length > 8)
    for (const { file, bytes } of files) {
      const found = needles.filter((needle) => bytes.includes(needle))
      t.same(found.map(String), [], file)
    }
  },
)
