import { createServer, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import t, { type Test } from 'tap'
import { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import { pause, poll } from '../base/poll.ts'
import { Scope } from '../base/scope.ts'
import { SshConnection, type SshTarget } from './connection.ts'
import { firstKeySeen, pinnedKey } from './host-key.ts'
import { listenSomewhere, makeKey, type Serve, startServer } from './server-fixture.ts'

/** A limit that nothing here should reach. */
const soon = () => new Deadline('boot.ssh', 'The login', 5000)

const noCommand: Serve = (_, channel) => {
  channel.exit(0)
}

/** A scope that ends with the test. */
function scopeOf(t: Test): Scope {
  const scope = new Scope()
  t.teardown(async () => {
    const [leak] = await scope.end()
    if (leak !== undefined) throw new Error(`leaked: ${leak.what}: ${leak.why}`)
  })
  return scope
}

async function connected(scope: Scope, target: SshTarget): Promise<SshConnection> {
  const connection = await SshConnection.connect(target, soon())
  scope.onEnd('the connection', () => connection.close())
  return connection
}

await t.test('a good login runs commands', async (t) => {
  const scope = scopeOf(t)
  const { target } = await startServer(scope, (command, channel) => {
    channel.write(`ran ${command}`)
    channel.exit(3)
    channel.end()
  })
  const connection = await connected(scope, target)
  const channel = await connection.open('uname -r', soon())
  t.equal((await channel.setEncoding('utf8').toArray()).join(''), 'ran uname -r')
})

await t.test('another host key than the pinned one is refused in the handshake', async (t) => {
  const { target } = await startServer(scopeOf(t), noCommand)
  await t.rejects(SshConnection.connect({ ...target, hostKey: pinnedKey(makeKey().blob) }, soon()), {
    name: 'Trouble',
    stage: 'ssh.handshake',
    message: /SSH failed: .*verification/,
  })
})

await t.test('a key that does not fit is refused at the login', async (t) => {
  const { target } = await startServer(scopeOf(t), noCommand)
  await t.rejects(SshConnection.connect({ ...target, key: { privateKey: makeKey().private } }, soon()), {
    name: 'Trouble',
    stage: 'ssh.login',
  })
})

await t.test('a key that is no key is trouble at the login, too', async (t) => {
  const { target } = await startServer(scopeOf(t), noCommand)
  await t.rejects(SshConnection.connect({ ...target, key: { privateKey: 'not a key' } }, soon()), {
    name: 'Trouble',
    stage: 'ssh.login',
    message: /privateKey/,
  })
})

await t.test('nobody listens', async (t) => {
  const listener = createServer()
  const port = await listenSomewhere(listener)
  listener.close()
  const { target } = await startServer(scopeOf(t), noCommand)
  await t.rejects(SshConnection.connect({ ...target, port }, soon()), {
    name: 'Trouble',
    stage: 'ssh.connect',
    message: /ECONNREFUSED/,
  })
})

await t.test('a peer that hangs up, says nothing, or speaks something else', async (t) => {
  const scope = scopeOf(t)
  const { target } = await startServer(scope, noCommand)
  const moods: readonly (readonly [(socket: Socket) => void, object])[] = [
    [(socket) => socket.end(), { name: 'Trouble', stage: 'ssh.handshake' }],
    [(socket) => socket.resetAndDestroy(), { name: 'Trouble', stage: 'ssh.connect' }],
    [
      (socket) => socket.write(`SSH-2.0-odd\r\n${'x'.repeat(500)}`),
      { name: 'Trouble', stage: 'ssh.handshake' },
    ],
    [() => undefined, { name: 'Trouble', stage: 'boot.ssh', message: 'The login took longer than 100 ms' }],
  ]
  for (const [mood, expected] of moods) {
    const listener = createServer((socket) => {
      socket.on('error', () => undefined)
      mood(socket)
    })
    scope.onEnd('the listener', () => {
      listener.close()
    })
    const port = await listenSomewhere(listener)
    const deadline = new Deadline('boot.ssh', 'The login', 100)
    const error: unknown = await SshConnection.connect({ ...target, port }, deadline).catch(
      (thrown) => thrown,
    )
    t.match(error, expected)
  }
})

await t.test('a lost connection is told, and nothing can be opened on it', async (t) => {
  const scope = scopeOf(t)
  const { target, drop } = await startServer(scope, noCommand)
  const connection = await connected(scope, target)
  let lost: Trouble | undefined
  void connection.lost.then((trouble) => (lost = trouble))
  await pause(20)
  t.equal(lost, undefined)
  drop()
  t.match(await connection.lost, { name: 'Trouble', stage: 'ssh.connection' })
  for (const _ of [1, 2]) {
    await t.rejects(connection.open('true', soon()), { name: 'Trouble', stage: 'ssh.connection' })
  }
})

await t.test('opening has a limit', async (t) => {
  const scope = scopeOf(t)
  const { target } = await startServer(scope, noCommand)
  const connection = await connected(scope, target)
  connection.close()
  await t.rejects(connection.open('true', new Deadline('guest.command', '`true`', 500)), { name: 'Trouble' })
  connection.close()
})

/** A terminal in the hands of a test: a person types `typed`, and `shown` tells what they see. */
function terminal(typed: string, isTTY = false) {
  const modes: boolean[] = []
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: (raw: boolean) => modes.push(raw) })
  const output = Object.assign(new PassThrough(), { isTTY, rows: 50, columns: 132 })
  const errors = new PassThrough()
  input.end(typed)
  const shown = () => [output, errors].map((stream) => String(stream.read() ?? ''))
  return { modes, shown, streams: { input, output, errors } }
}

await t.test('a person types into a command, sees both its streams, and gets its status', async (t) => {
  const scope = scopeOf(t)
  const { target } = await startServer(scope, (command, channel) => {
    channel.stderr.write('a warning')
    channel.setEncoding('utf8').on('data', (text: string) => {
      channel.write(`${command === '' ? 'login shell' : command} got ${text}`)
      channel.exit(7)
      channel.end()
    })
  })
  const connection = await connected(scope, target)
  const piped = terminal('words')
  t.equal(await connection.interact('cat', piped.streams), 7)
  t.same(piped.shown(), ['cat got words', 'a warning'])
  t.same(piped.modes, [], 'pipes have no raw mode')

  const person = terminal('exit', true)
  t.equal(await connection.interact('', person.streams), 7)
  t.match(person.shown()[0], /^login shell got exit/)
  t.same(person.modes, [true, false], 'the terminal is given back')
})

await t.test('a command that a signal ended has the status of a shell', async (t) => {
  const scope = scopeOf(t)
  const { target } = await startServer(scope, (_, channel) => {
    channel.exit('KILL', false, '')
    channel.end()
  })
  const connection = await connected(scope, target)
  t.equal(await connection.interact('sleep 9', terminal('').streams), 137)
})

await t.test('a command that ends without any status is trouble', async (t) => {
  const scope = scopeOf(t)
  const { target } = await startServer(scope, (_, channel) => {
    channel.write('half an ans')
    channel.end()
  })
  const connection = await connected(scope, target)
  await t.rejects(connection.interact('true', terminal('').streams), {
    name: 'Trouble',
    stage: 'ssh.connection',
  })
})

await t.test('a guest that goes away is trouble, and the terminal is given back', async (t) => {
  const scope = scopeOf(t)
  const { target, drop } = await startServer(scope, () => undefined)
  const connection = await connected(scope, target)
  const person = terminal('', true)
  const talk = connection.interact('sleep 9', person.streams)
  await poll(soon(), () => (person.modes.length > 0 ? true : undefined), { everyMs: 5 })
  drop()
  await t.rejects(talk, { name: 'Trouble', stage: 'ssh.connection' })
  t.same(person.modes, [true, false])
  await t.rejects(connection.interact('true', terminal('').streams), { name: 'Trouble' })
})

await t.test('a machine never met is known from its first key on', async (t) => {
  const scope = scopeOf(t)
  const { target } = await startServer(scope, noCommand)
  const { target: another } = await startServer(scope, noCommand)
  const hostKey = firstKeySeen()
  await connected(scope, { ...target, hostKey })
  await connected(scope, { ...target, hostKey })
  await t.rejects(SshConnection.connect({ ...another, hostKey }, soon()), {
    name: 'Trouble',
    stage: 'ssh.handshake',
    lasting: true,
  })
})

await t.test('one command, its status and both its streams', async (t) => {
  const scope = scopeOf(t)
  const { target } = await startServer(scope, (command, channel) => {
    channel.write(`${command}: `)
    channel.stderr.write('no such thing')
    channel.exit(127)
    channel.end()
  })
  const connection = await connected(scope, target)
  t.match(await connection.answer('nonsense', soon()), { status: 127, output: /nonsense: [^]*no such thing/ })
})
