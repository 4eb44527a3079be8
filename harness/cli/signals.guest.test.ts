/** Ctrl-C and its kin: what was finished is kept, all else is undone, and the exit code says which signal it was. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Deadline } from '../base/deadline.ts'
import { pause } from '../base/poll.ts'
import { SIGNAL_NUMBERS } from './ending.ts'
import { makePlace, type Place } from './irqlab-fixture.ts'
import { commandOf, gone, type Running, said, start, treeOf } from './leftovers-fixture.ts'

/** Sends the signal, to the process alone or to its group as a terminal does, and waits for a clean end. */
async function endBy(
  t: Test,
  place: Place,
  running: Running,
  signal: keyof typeof SIGNAL_NUMBERS,
  to: 'process' | 'group' = 'process',
): Promise<void> {
  const { child } = running
  const tree = treeOf(child.pid)
  process.kill(to === 'group' ? -child.pid : child.pid, signal)
  const exit = await new Deadline('test', `end by ${signal}`, 3000).race(child.exited)
  const code = 128 + SIGNAL_NUMBERS[signal]
  t.same(exit, { code, signal: null }, `the exit code of ${signal}`)
  const { left, tookMs } = await gone(place, running, tree)
  t.same(left, [], `${tree.length} processes and all else gone ${tookMs} ms after the end`)
  t.match(running.stderr(), new RegExp(`^irqlab: interrupted by ${signal}; `, 'm'))
  t.notMatch(running.stderr(), 'bug')
}

/** Booted: a guest from a snapshot is ready before anybody could interrupt its boot. */
const run = (place: Place, ...more: string[]) => [
  'run',
  'deferred-move',
  '--cold',
  '--results',
  place.results,
  ...more,
]

await t.test('finished records are kept, the one at work is dropped', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const running = await start(place, run(place, '--repeat', '3', '--jobs', '1', '--json'))
  await said(running, /✓ pass[^]*\[2\/3\] deferred-move.*(QEMU|kernel|init)/)
  await endBy(t, place, running, 'SIGINT')
  const records = place.left().filter((path) => path.endsWith('/record.json'))
  t.equal(records.length, 1)
  t.match(records[0], /\/deferred-move\/[^/]+\/plain\/attempt-1\/record\.json$/)
  t.match(JSON.parse(running.stdout()), {
    schema: 'irqlab.campaign/1',
    outcome: 'broken',
    reason: 'interrupted by SIGINT',
    runs: [{ outcome: 'pass' }],
  })
  t.match(running.stderr(), /1 of 3 runs were finished, their records are in /)
})

await t.test('each signal has its exit code, whatever is being done', async (t) => {
  for (const [signal, moment] of [
    ['SIGTERM', /starting QEMU|QEMU is up|waiting for init/],
    ['SIGHUP', /loading modules/],
  ] as const) {
    const place = makePlace()
    const running = await start(place, run(place))
    await said(running, moment)
    await endBy(t, place, running, signal)
    t.match(running.stderr(), /no run was finished, nothing is kept/)
    t.same(running.stdout(), '')
    place.remove()
  }
})

await t.test('Ctrl-C at a terminal reaches the whole group, launcher and all', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  // An old Node only launches the project's own: both hear the signal, and the one passes it on to the other.
  const pretend = join(place.dir, 'pretend.cjs')
  place.made.push('pretend.cjs')
  const versions = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })`
  writeFileSync(pretend, versions)
  const running = await start(place, run(place), { ownGroup: true, nodeArgs: ['--require', pretend] })
  await said(running, /waiting for init|loading modules/)
  await endBy(t, place, running, 'SIGINT', 'group')
  t.notMatch(running.stderr(), 'again')
})

await t.test('while images are built: nothing half-made stays', async (t) => {
  for (const [to, args] of [
    ['process', ['image', 'build']],
    ['group', []],
  ] as const) {
    const place = makePlace()
    const running = await start(place, args.length > 0 ? args : run(place), {
      env: { IRQLAB_CACHE: place.cache },
      ownGroup: to === 'group',
    })
    await said(running, /fetching busybox/)
    await pause(1000)
    const { child } = running
    const tree = treeOf(child.pid)
    process.kill(to === 'group' ? -child.pid : child.pid, 'SIGINT')
    const exit = await new Deadline('test', 'end by SIGINT', 3000).race(child.exited)
    t.same(exit, { code: 130, signal: null })
    const { left, tookMs } = await gone(place, running, tree)
    t.same(left, [], `${tree.length} processes and all else gone ${tookMs} ms after the end`)
    place.remove()
  }
})

await t.test('a second signal ends it at once, and all the same nothing is left', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const running = await start(place, run(place))
  await said(running, /waiting for init|loading modules/)
  const tree = treeOf(running.child.pid)
  // Stopped, what holds the worker cannot tell of its end: irqlab waits for it until it is told again.
  const holder = tree.find((pid) => commandOf(pid).startsWith('unshare '))
  if (holder !== undefined) process.kill(holder, 'SIGSTOP')
  process.kill(running.child.pid, 'SIGINT')
  await pause(400)
  t.ok(running.child.isRunning, 'it waits for the worker')
  process.kill(running.child.pid, 'SIGINT')
  const exit = await new Deadline('test', 'end at once', 500).race(running.child.exited)
  t.same(exit, { code: 130, signal: null })
  t.match(running.stderr(), /^irqlab: SIGINT again: ending at once; .*\.partial/m)
  const { left, tookMs } = await gone(place, running, tree)
  t.same(left, [], `all gone ${tookMs} ms after the end`)
})
