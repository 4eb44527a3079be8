/** A capture of a real guest in a bad state becomes a guest with the same symptom, and a folder that shows it by a shell alone. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'
import { exchange } from '../host/exchange.ts'
import { cacheDir } from '../image/cache.ts'
import { irqlab, makePlace } from './irqlab-fixture.ts'

const LIMIT_MS = 280_000
const CAPTURE = resolve(import.meta.dirname, '../reproduce/fixtures/quiet.tar.gz')

async function replayed(dir: string): Promise<{ readonly status: number | null; readonly said: string }> {
  const { status, stdout, stderr } = await exchange(
    ['env', '-i', 'PATH=/usr/bin:/bin', join(dir, 'replay.sh')],
    { stage: 'test', limitMs: LIMIT_MS, cwd: '/' },
  )
  return { status, said: stdout + stderr }
}

await t.test('pending and quiet: shown in a guest, and again by the folder without irqlab', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const args = [
    '--kernel',
    'debian:6.1',
    '--retries',
    '1',
    '--timeout-scale',
    '4',
    '--results',
    place.results,
  ]
  const told = await irqlab(place, ['reproduce', CAPTURE, '-o', 'folder', ...args], {
    env: { IRQLAB_CACHE: cacheDir() },
    limitMs: 2 * LIMIT_MS,
  })
  t.match(told, { status: 0 }, told.stderr)
  t.match(told.stdout, /^ {2}here input\.1 stands for irq 30 \(virtio1-input\.1\): on CPU 0, mask 2-3$/m)
  t.match(
    told.stdout,
    /^SHOWN: irq \d+ \(virtio\d-input\.\d\): CPUs? \S+ requested, effective is still CPU \d/m,
  )
  const acts = /^ {2}acts +(\S+)$/m.exec(told.stdout)?.[1] ?? ''
  t.match(readFileSync(acts, 'utf8'), /^export default scenario\(\{$/m)

  const folder = join(place.dir, 'folder')
  for (const file of ['README.txt', 'capture.txt', 'likeness.txt', 'scenario.ts', 'evidence/record.json'])
    t.ok(existsSync(join(folder, file)), file)
  t.match(await replayed(folder), {
    status: 0,
    said: /^AGAIN: pending-and-quiet on input\.1: [^]*^SEEN AGAIN: irq 30 /m,
  })

  // The same with interrupts before the look, as a kernel would look that does not wait.
  const queues = readFileSync(join(folder, 'guest/queues.sh'), 'utf8').matchAll(/^queue ('[^']+')/gm)
  const each = [...queues].map(([, name = '']) => name).join(' ')
  const file = join(folder, 'guest/acts.sh')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^capture /m, `probe 2 ${each}\n$&`))
  t.match(await replayed(folder), { status: 1, said: /^NOT SEEN: /m })
})
