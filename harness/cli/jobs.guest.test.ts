/** `irqlab run --jobs 2`: two runs side by side that know nothing of each other, and end together when they must. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { z } from 'zod'
import { Deadline } from '../base/deadline.ts'
import { poll } from '../base/poll.ts'
import { readDurations } from '../record/durations.ts'
import { recordSchema, type RunRecord } from '../record/run-record.ts'
import { irqlab, makePlace, type Place } from './irqlab-fixture.ts'
import { commandOf, gone, type Running, said, start, treeOf } from './leftovers-fixture.ts'

/** The shortest scenario, twice. */
const run = (place: Place, ...more: string[]) => [
  'run',
  'cancelled-request',
  '--repeat',
  '2',
  '--jobs',
  '2',
  '--results',
  place.results,
  ...more,
]

const documentSchema = z.object({ runs: z.array(recordSchema) })

await t.test('two runs overlap, both pass, and neither sees the other', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const { status, stdout, stderr } = await irqlab(place, run(place, '--json', '--seed', '5'), {
    limitMs: 180_000,
    env: { IRQLAB_CACHE: process.env['IRQLAB_CACHE'] ?? '' },
  })
  t.equal(status, 0, status === 0 ? 'both pass' : stderr)
  const { runs } = documentSchema.parse(JSON.parse(stdout))
  t.same(
    runs.map(({ seed, outcome }) => [seed, outcome]),
    [
      [5, 'pass'],
      [6, 'pass'],
    ],
    'in the order of the plan',
  )
  const startedMs = runs.map(({ timings }) => Date.parse(timings.startedAt))
  const readyMs = Math.min(...runs.map(({ timings }) => timings.spawnToReadyMs ?? 0))
  const apartMs = Math.max(...startedMs) - Math.min(...startedMs)
  t.ok(apartMs < readyMs, `begun ${apartMs} ms apart, and ready ${readyMs} ms after that`)
  checkApart(t, place, runs)
  t.equal(readDurations(place.results).size, 1, 'how long such a run takes is known now')
})

/** Same addresses, same QEMU, and yet each has its own guest: whatever both had in common would be seen in here. */
function checkApart(t: Test, place: Place, [one, two]: readonly RunRecord[]): void {
  if (one === undefined || two === undefined) throw new RangeError('not two records')
  const file = (record: RunRecord, name: string) =>
    readFileSync(join(place.results, record.run, 'attempt-1', name), 'utf8')
  const argvOf = (record: RunRecord) => file(record, 'qemu.argv').replace(/\/irqlab-\w+\//, '/<workdir>/')
  t.equal(argvOf(one), argvOf(two), 'the same addresses')
  for (const name of ['trace.txt', 'evidence.json']) {
    t.not(file(one, name), file(two, name), `${name} is of its own guest`)
  }
  t.same(one.files, two.files, 'each has all of its evidence')
  t.equal(one.verdicts.length, two.verdicts.length)
}

/** Starts two runs, and gives the processes of both as soon as both guests run. */
async function bothAtWork(t: Test, place: Place): Promise<{ running: Running; tree: readonly number[] }> {
  const running = await start(place, run(place), { ownGroup: true })
  const guestsIn = (pids: readonly number[]) => pids.filter((pid) => /^\S*qemu-system/.test(commandOf(pid)))
  // Not what it says: a guest that is restored may be at work before there is anything to tell of it.
  const tree = await poll(
    new Deadline('test', 'two guests', 60_000),
    () => {
      const pids = treeOf(running.child.pid)
      return guestsIn(pids).length === 2 ? pids : undefined
    },
    { everyMs: 20, seen: () => running.stderr() },
  )
  t.equal(guestsIn(tree).length, 2, 'two guests')
  return { running, tree }
}

await t.test('Ctrl-C ends both', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const { running, tree } = await bothAtWork(t, place)
  process.kill(-running.child.pid, 'SIGINT')
  const exit = await new Deadline('test', 'end by SIGINT', 3000).race(running.child.exited)
  t.same(exit, { code: 130, signal: null })
  const { left, tookMs } = await gone(place, running, tree)
  t.same(left, [], `${tree.length} processes and all else gone ${tookMs} ms after the end`)
  t.match(running.stderr(), /^irqlab: interrupted by SIGINT; no run was finished, nothing is kept$/m)
  t.notMatch(running.stderr(), 'bug')
})

await t.test('when irqlab is killed both go, and no half of a result stays', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const { running, tree } = await bothAtWork(t, place)
  running.child.kill('SIGKILL')
  const { left, tookMs } = await gone(place, running, tree)
  t.same(left, [], `${tree.length} processes and all else gone after ${tookMs} ms`)
})

await t.test('killed when one is finished: its record stays, the other goes', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const args = ['run', 'cancelled-request', 'quiet-queue', '--jobs', '2', '--results', place.results]
  const running = await start(place, args)
  await said(running, /^✓ pass/m)
  const tree = treeOf(running.child.pid)
  running.child.kill('SIGKILL')
  const { left, tookMs } = await gone(place, running, tree)
  t.same(left, [], `${tree.length} processes and all else gone after ${tookMs} ms`)
  const attempts = place.left().filter((path) => path.endsWith('/attempt-1'))
  const machines = place.left().filter((path) => path.endsWith('/plain'))
  t.equal(attempts.length, 1)
  t.equal(machines.length, 1, 'not even an empty directory of the other')
})

await t.test('when one cannot go on as a run at all, the other is ended too', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const { running, tree } = await bothAtWork(t, place)
  // Whoever takes a result away while it is being made: no record can be written, which is more than a broken run.
  const partial = place.left().find((path) => path.endsWith('attempt-1.partial')) ?? ''
  // The run goes on writing there meanwhile.
  rmSync(join(place.dir, partial), { recursive: true, maxRetries: 20, retryDelay: 5 })
  const exit = await new Deadline('test', 'the end', 60_000).race(running.child.exited)
  t.match(exit, { code: 70, signal: null }, running.stderr())
  t.match(running.stderr(), /ENOENT/)
  t.notMatch(running.stdout(), 'pass', 'the other did not go on to its end')
  const { left, tookMs } = await gone(place, running, tree)
  t.same(left, [], `${tree.length} processes and all else gone ${tookMs} ms after the end`)
})
