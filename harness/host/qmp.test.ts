import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { Deadline } from '../base/deadline.ts'
import { Scope } from '../base/scope.ts'
import { spawnProcess } from './processes.ts'
import type { Child } from './processes.ts'
import { Qmp, QmpRefusal } from './qmp.ts'
import { makeWorkdir } from './workdir.ts'

const within = (limitMs: number): Deadline => new Deadline('test', 'QMP', limitMs)

async function startQemu(scope: Scope, monitor: string, stdio: readonly 'pipe'[]): Promise<Child> {
  const machine = `-M none -accel tcg -nodefaults -display none -S ${monitor}`
  const child = await spawnProcess(['qemu-system-x86_64', ...machine.split(' ')], {
    stdio: ['ignore', 'ignore', 'inherit', ...stdio],
  })
  scope.onEnd('QEMU', async () => void (await child.terminate(0)))
  return child
}

/** A server that greets, takes the capabilities and then does what the test wants with each line. */
async function startFake(
  scope: Scope,
  onLine: (socket: Socket, line: { id: number }) => void,
): Promise<string> {
  const path = join(await makeWorkdir(scope), 'qmp.sock')
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.write('{"QMP": {"version": {}, "capabilities": []}}\r\n')
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.trim().split('\n')) {
        const asked: { id: number; execute: string } = JSON.parse(line)
        if (asked.execute === 'qmp_capabilities') socket.write(`{"return": {}, "id": ${asked.id}}\r\n`)
        else onLine(socket, asked)
      }
    })
  })
  await new Promise<void>((listening) => server.listen(path, listening))
  scope.onEnd('server', () => void server.close())
  return path
}

await t.test(
  'commands, refusals and events of a real QEMU, over a socket that it still has to make',
  async (t) => {
    const scope = new Scope()
    t.teardown(() => scope.end())
    const path = join(await makeWorkdir(scope), 'qmp.sock')
    const connecting = Qmp.connect(path, within(5000))
    const qemu = await startQemu(scope, `-qmp unix:${path},server=on,wait=off`, [])
    const qmp = await connecting
    t.match(await qmp.execute('query-status'), { running: false, status: 'prelaunch' })
    const both = await Promise.all([qmp.execute('query-name'), qmp.execute('query-version')])
    t.match(both, [{}, { qemu: { major: Number } }], 'answers find their questions')
    await t.rejects(qmp.execute('no-such-command'), {
      name: 'QmpRefusal',
      command: 'no-such-command',
      errorClass: 'CommandNotFound',
      message: /The command no-such-command has not been found/,
    })
    await t.rejects(qmp.execute('device_del', { id: 'none' }), QmpRefusal)

    const resumed = qmp.nextEvent('RESUME', within(2000))
    await qmp.execute('cont')
    const event = await resumed
    t.equal(event.name, 'RESUME')
    t.ok(Math.abs(event.seconds - Date.now() / 1000) < 60, 'in seconds of the day')
    await t.rejects(qmp.nextEvent('STOP', within(50)), { message: /longer than 50 ms/ })

    const never = qmp.nextEvent('NEVER', within(5000))
    qemu.kill('SIGKILL')
    await t.rejects(never, { message: /closed the QMP connection|broke/ }, 'a lost QEMU ends the waiting')
    await qmp.closed
    await t.rejects(qmp.execute('query-status'), { name: 'Trouble', stage: 'qemu.qmp' })
  },
)

await t.test('a piped stdio entry of QEMU serves as the socket', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const qemu = await startQemu(scope, '-chardev socket,id=q,fd=3 -mon chardev=q,mode=control', ['pipe'])
  const qmp = await Qmp.over(qemu.stream(3), within(5000))
  await qmp.execute('quit')
  t.same(await qemu.exited, { code: 0, signal: null })
})

await t.test('a QEMU that goes away, stays silent or talks nonsense rejects what is in flight', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const gone = await Qmp.connect(await startFake(scope, (socket) => socket.destroy()), within(2000))
  await t.rejects(Promise.all([gone.execute('a'), gone.execute('b')]), {
    message: /closed the QMP connection/,
  })

  const late: (() => void)[] = []
  const silent = await startFake(scope, (socket, { id }) => {
    late.push(() => socket.write(`{"return": "late", "id": ${id}}\n`))
    if (late.length === 2) for (const answer of late.toReversed()) answer()
  })
  const slow = await Qmp.connect(silent, within(2000))
  await t.rejects(slow.execute('query-status', {}, 50), {
    message: 'QMP query-status took longer than 50 ms',
  })
  t.equal(await slow.execute('query-name'), 'late', "a late answer is nobody else's answer")
  slow.close()
  await t.rejects(slow.execute('query-name'), { message: /closed by us/ })

  const nonsense = await Qmp.connect(
    await startFake(scope, (socket) => socket.write('Segmentation\n')),
    within(2000),
  )
  await t.rejects(nonsense.execute('query-status'), { message: 'Not a QMP line: Segmentation' })
})

await t.test('no socket until the deadline is trouble that says what was seen', async (t) => {
  await t.rejects(Qmp.connect('/nowhere/qmp.sock', within(60)), { message: /last seen: connect ENOENT/ })
})

await t.test('a QEMU that is gone is not waited for', async (t) => {
  const qemu = await spawnProcess(['false'], { stdio: ['ignore', 'ignore', 'ignore'] })
  const startedAt = performance.now()
  await t.rejects(Qmp.connect('/nowhere/qmp.sock', within(20_000), qemu.exited), {
    stage: 'qemu.qmp',
    message: /QEMU ended before it answered; last seen: connect ENOENT/,
  })
  t.ok(performance.now() - startedAt < 5000)
})
