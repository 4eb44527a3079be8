/**
 * The harness's own process, and it alone, is killed with SIGKILL at random moments: nothing may be left after three
 * seconds. IRQLAB_KILL_ROUNDS sets how often.
 */
import { mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Deadline } from '../base/deadline.ts'
import { pause, poll } from '../base/poll.ts'
import { openCache } from '../image/cache.ts'
import { irqlab, makePlace, type Place } from './irqlab-fixture.ts'
import { gone, start, treeOf } from './leftovers-fixture.ts'

const ROUNDS = Number(process.env['IRQLAB_KILL_ROUNDS'] ?? 3)
/** About what a run takes, booted and from a snapshot; what comes after is its end. */
const RUN_MS = { '--cold': 9000, '--retries=0': 4000 } as const
/** About what it takes to build guest and kernel. */
const BUILD_MS = 7000

await t.test(`killed while a run is at work, ${ROUNDS} times`, async (t) => {
  for (let round = 1; round <= ROUNDS; round++) {
    const place = makePlace()
    const how = round % 2 === 0 ? '--cold' : '--retries=0'
    const afterMs = Math.round(Math.random() * RUN_MS[how])
    const running = await start(place, ['run', 'deferred-move', how, '--results', place.results])
    await pause(afterMs)
    const tree = treeOf(running.child.pid)
    running.child.kill('SIGKILL')
    const { left, tookMs } = await gone(place, running, tree)
    t.same(left, [], `killed after ${afterMs} ms, ${tree.length} processes, all gone after ${tookMs} ms`)
    place.remove()
  }
})

await t.test(`killed while images are built, ${ROUNDS} times; the next run works`, async (t) => {
  for (let round = 1; round <= ROUNDS; round++) {
    const place = makePlace()
    const afterMs = Math.round(Math.random() * BUILD_MS)
    const running = await start(place, ['image', 'build'], { env: { IRQLAB_CACHE: place.cache } })
    await pause(afterMs)
    const tree = treeOf(running.child.pid)
    running.child.kill('SIGKILL')
    const { left, tookMs } = await gone(place, running, tree)
    t.same(left, [], `killed after ${afterMs} ms, ${tree.length} processes, all gone after ${tookMs} ms`)
    if (round === ROUNDS) await checkNextRun(t, place)
    place.remove()
  }
})

await t.test(
  'killed while a guest is put aside: nothing half-made is left, and the next run boots',
  async (t) => {
    const place = makePlace()
    t.teardown(() => place.remove())
    mkdirSync(place.cache)
    // Images as they are, and no snapshot.
    const { dir } = openCache()
    for (const name of readdirSync(dir).filter((image) => !/^(warm|partial|aside)-/.test(image)))
      symlinkSync(join(dir, name), join(place.cache, name))
    const run = ['run', 'deferred-move', '--results', place.results]
    const running = await start(place, run, { env: { IRQLAB_CACHE: place.cache } })
    const writing = () =>
      readdirSync(place.cache).some(
        (name) =>
          name.startsWith('aside-') &&
          (statSync(join(place.cache, name, 'memory'), { throwIfNoEntry: false })?.size ?? 0) > 0,
      )
    await poll(new Deadline('test', 'memory being written', 120_000), () => writing() || undefined, {
      everyMs: 2,
    })
    const tree = treeOf(running.child.pid)
    running.child.kill('SIGKILL')
    const { left, tookMs } = await gone(place, running, tree)
    t.same(left, [], `${tree.length} processes, all gone after ${tookMs} ms`)
    const next = await irqlab(place, [...run, '--json'], { limitMs: 120_000 })
    t.equal(next.status, 0, next.stderr)
    t.match(JSON.parse(next.stdout), { runs: [{ outcome: 'pass', guest: { start: 'cold' } }] })
  },
)

await t.test('killed while it waits for a mirror that never answers', async (t) => {
  const mirror = createServer()
  await new Promise<void>((listening) => mirror.listen(0, '127.0.0.1', listening))
  t.teardown(() => mirror.close())
  const address = mirror.address()
  const port = typeof address === 'object' ? address?.port : undefined
  for (const signal of ['SIGKILL', 'SIGINT'] as const) {
    const place = makePlace()
    const env = { IRQLAB_CACHE: place.cache, IRQLAB_DEBIAN_MIRROR: `http://127.0.0.1:${port}/debian` }
    const asked = new Promise((connected) => mirror.once('connection', connected))
    const running = await start(place, ['image', 'build'], { env })
    await new Deadline('test', 'the mirror is asked', 30_000).race(asked)
    const tree = treeOf(running.child.pid)
    running.child.kill(signal)
    const { left, tookMs } = await gone(place, running, tree)
    t.same(left, [], `${signal}: ${tree.length} processes, all gone after ${tookMs} ms`)
    place.remove()
  }
})

async function checkNextRun(t: Test, place: Place): Promise<void> {
  const args = ['run', 'deferred-move', '--results', place.results]
  const { status, stdout, stderr } = await irqlab(place, args, { limitMs: 180_000 })
  t.equal(status, 0, status === 0 ? 'it passes' : stdout + stderr)
  const kinds = new Set(readdirSync(place.cache).map((name) => name.split('-')[0]))
  t.same([...kinds], ['initrd', 'kernel', 'memory', 'micro', 'warm'])
}
