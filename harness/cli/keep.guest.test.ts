/** `irqlab run --keep` and `irqlab shell`: a guest to look around in, which goes with the irqlab that keeps it. */
import t, { type Test } from 'tap'
import { Deadline } from '../base/deadline.ts'
import { irqlab, makePlace, type Place } from './irqlab-fixture.ts'
import { gone, type Running, said, start, treeOf } from './leftovers-fixture.ts'

/** Runs a short scenario and waits until its guest is kept. */
async function keep(
  place: Place,
  ...more: string[]
): Promise<{ readonly running: Running; readonly run: string }> {
  const running = await start(place, [
    'run',
    'cancelled-request',
    '--keep',
    '--results',
    place.results,
    ...more,
  ])
  await said(running, /^ {2}irqlab shell \S+$/m)
  const run = /^ {2}irqlab shell (\S+)$/m.exec(running.stdout() + running.stderr())?.[1] ?? ''
  return { running, run }
}

await t.test('the guest can be entered while it is kept, and goes with Ctrl-C', async (t) => {
  const place = makePlace()
  t.teardown(() => place.remove())
  const { running, run } = await keep(place)
  t.match(running.stdout(), /^✓ pass {4}cancelled-request /m, 'its verdicts come first')
  t.equal(running.stdout().match(/irqlab shell/g)?.length, 1, 'one line to enter it')
  await look(t, place, run)

  const tree = treeOf(running.child.pid)
  process.kill(running.child.pid, 'SIGINT')
  const exit = await new Deadline('test', 'end by SIGINT', 3000).race(running.child.exited)
  t.same(exit, { code: 130, signal: null })
  const { left, tookMs } = await gone(place, running, tree)
  t.same(left, [], `all gone ${tookMs} ms after the end`)
  t.match(running.stderr(), /1 of 1 runs were finished, their records are in /)
  const files = new Set(place.left().map((path) => path.split('/').at(-1)))
  t.ok(files.has('record.json'), 'the record stays')
  t.notOk(files.has('kept.json'), 'the key to the guest does not')
  const closed = await irqlab(place, ['shell', run, 'true'])
  t.equal(closed.status, 64)
  t.match(closed.stderr, /^irqlab: no kept run .*while it waits\n$/)
})

async function look(t: Test, place: Place, run: string): Promise<void> {
  const shell = (...words: string[]) => irqlab(place, ['shell', ...words])
  t.match(await shell(run, 'uname', '-r'), { status: 0, stdout: /^6\.1\.[^\n]*\n$/, stderr: '' })
  t.match(await shell(run, 'true'), { status: 0, stdout: '' })
  t.match(await shell(run, 'false'), { status: 1, stdout: '' })
  t.match(await shell(run, 'exit 7'), { status: 7 })
  t.match(await shell(run, 'cat /proc/interrupts | grep virtio | head -n 1'), { stdout: /virtio/ })
  t.match(await irqlab(place, ['shell', run], { input: 'hostname\nexit 3\n' }), {
    status: 3,
    stdout: /^irqlab|^\(none\)/,
  })
  for (const words of [
    ['--host', run],
    [run, '--host'],
  ]) {
    const { status, stdout } = await shell(...words, 'ip', '-brief', 'link')
    t.equal(status, 0)
    t.match(stdout, /^irqlab-mgmt +U/m)
    t.match(stdout, /^irqlab-test +U/m)
  }
  t.match(await shell('--host', run, 'false'), { status: 1 })
}

await t.test(
  'SIGKILL of the irqlab that keeps it leaves nothing, not even a shell that is in it',
  async (t) => {
    const place = makePlace()
    t.teardown(() => place.remove())
    const { running, run } = await keep(place, '--json')
    const visitor = await start(place, ['shell', run, 'echo inside; sleep 1000'])
    await said(visitor, /inside/)
    const dropped = await start(place, ['shell', '--host', run, 'sh', '-c', 'echo there; exec sleep 1000'])
    await said(dropped, /there/)
    const droppedTree = treeOf(dropped.child.pid)
    process.kill(dropped.child.pid, 'SIGKILL')
    t.same((await gone(place, dropped, droppedTree, 1000)).left.filter(isProcess), [])

    const tree = treeOf(running.child.pid)
    process.kill(running.child.pid, 'SIGKILL')
    const { left, tookMs } = await gone(place, running, tree)
    t.same(left, [], `all gone ${tookMs} ms after the end`)
    const exit = await new Deadline('test', 'end of the visitor', 3000).race(visitor.child.exited)
    t.notSame(exit, { code: 0, signal: null }, 'the visitor is told')
    t.notMatch(visitor.stderr(), 'bug in irqlab')
  },
)

function isProcess(left: string): boolean {
  return left.startsWith('process ')
}
