import t from 'tap'
import { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import { pause } from '../base/poll.ts'
import { scrubbed, spawnProcess } from './processes.ts'

await t.test('a process runs with the arguments as given, and its exit is told', async (t) => {
  const child = await spawnProcess(['sh', '-c', 'printf "%s|" "$@"; exit 3', 'sh', 'a b', '$HOME', '*'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.equal((await child.stdout.setEncoding('utf8').toArray()).join(''), 'a b|$HOME|*|')
  t.same(await child.exited, { code: 3, signal: null })
  t.equal(child.isRunning, false)
  t.equal(child.kill('SIGKILL'), false, 'nobody is there to be killed')
})

await t.test('a program that cannot be started is a lasting trouble that names it', async (t) => {
  const stdio = ['ignore', 'ignore', 'ignore'] as const
  await t.rejects(spawnProcess(['no-such-program-of-irqlab'], { stdio, stage: 'a.b' }), {
    name: 'Trouble',
    stage: 'a.b',
    lasting: true,
    message: 'Cannot start no-such-program-of-irqlab: no such program',
  })
  await t.rejects(spawnProcess(['/etc/passwd'], { stdio }), {
    message: 'Cannot start /etc/passwd: permission denied',
  })
  await t.rejects(spawnProcess(['true'], { stdio, cwd: '/no/such/dir' }), {
    message: 'Cannot start true: no directory /no/such/dir',
  })
})

await t.test('the variables of our own test runner stay with us', async (t) => {
  t.same(scrubbed({ TAP: '1', TAP_BAIL: '1', _TAPJS_X: '1', NODE_OPTIONS: '--x', TAPE: 'kept', A: 'b' }), {
    TAPE: 'kept',
    A: 'b',
  })
  const child = await spawnProcess(['env'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], TAP_CHILD_ID: '7', KEPT: 'yes' },
  })
  const lines = (await child.stdout.setEncoding('utf8').toArray()).join('').split('\n')
  t.ok(lines.includes('KEPT=yes'))
  t.notOk(lines.some((line) => line.startsWith('TAP')))
})

await t.test('terminate says whether force was needed', async (t) => {
  const polite = await spawnProcess(['sleep', '60'], { stdio: ['ignore', 'ignore', 'ignore'] })
  t.same(await polite.terminate(2000), { exit: { code: null, signal: 'SIGTERM' }, forced: false })
  t.same((await polite.terminate(2000)).forced, false, 'a second time is no harm')

  const deaf = await spawnProcess(['sh', '-c', "trap '' TERM; echo deaf; while :; do sleep 0.05; done"], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await new Promise((heard) => deaf.stdout.once('data', heard))
  t.same(await deaf.terminate(150), { exit: { code: null, signal: 'SIGKILL' }, forced: true })
})

await t.test('a detached process ends with its whole group', async (t) => {
  const script = 'sleep 61 & echo $!; wait'
  const child = await spawnProcess(['sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  await new Promise((heard) => child.stdout.once('data', heard))
  // The pipe closes only when the last process that holds it is gone.
  const closed = new Promise((tell) => child.stdout.once('close', tell))
  await child.terminate(2000)
  await t.resolves(new Deadline('test', 'end of the grandchild', 1000).race(closed))
})

await t.test('messages go both ways, early ones are kept, and a closed channel is trouble', async (t) => {
  const script = "process.send({early: 1}); process.on('message', (m) => process.send({echo: m}))"
  const child = await spawnProcess([process.execPath, '-e', script], {
    stdio: ['ignore', 'inherit', 'inherit'],
    ipc: true,
  })
  const heard: unknown[] = []
  await child.send({ ask: 1 })
  await pause(400)
  const both = new Promise<void>((done) => {
    child.onMessage((message) => {
      if (heard.push(message) === 2) done()
    })
  })
  await both
  t.same(heard, [{ early: 1 }, { echo: { ask: 1 } }])
  child.closeChannel()
  await child.channelClosed()
  t.same(await child.exited, { code: 0, signal: null }, 'without a channel node has nothing left to wait for')
  await t.rejects(child.send({}), Trouble)
})
