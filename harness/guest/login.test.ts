import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Limits } from '../base/limits.ts'
import { pause } from '../base/poll.ts'
import { Scope } from '../base/scope.ts'
import { spawnProcess } from '../host/processes.ts'
import type { SshTarget } from '../ssh/connection.ts'
import { pinnedKey } from '../ssh/host-key.ts'
import { listenSomewhere, makeKey, startServer } from '../ssh/server-fixture.ts'
import { credentialsOf, logIn } from './login.ts'

/** A machine whose `id` and `sudo` are scripts, and whose other programs are those of this one. */
async function machine(t: Test, programs: Readonly<Record<string, string>>): Promise<[SshTarget, Scope]> {
  const scope = new Scope()
  const dir = mkdtempSync(join(tmpdir(), 'irqlab-login-'))
  t.teardown(async () => {
    await scope.end()
    rmSync(dir, { recursive: true })
  })
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(dir, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(dir, name), 0o755)
  }
  const env = { PATH: `${dir}:/usr/bin:/bin` }
  const server = await startServer(scope, (command, channel) => {
    void spawnProcess(['sh', '-c', command], { stdio: ['pipe', 'pipe', 'pipe'], env }).then((sh) => {
      scope.onEnd('sh', async () => void (await sh.terminate(1000)))
      channel.pipe(sh.stdin)
      sh.stdout.pipe(channel, { end: false })
      sh.stderr.pipe(channel.stderr)
      void sh.exited.then(({ code }) => {
        channel.exit(code ?? 1)
        channel.end()
      })
    })
  })
  return [server.target, scope]
}

const USER = { id: 'echo 1000' }
const limits = new Limits(1)
const nothing = () => undefined

await t.test('root is not asked who it is', async (t) => {
  const [target, scope] = await machine(t, { sudo: 'exit 9', id: 'echo "id: $PPID" >&2; exit 9' })
  const { shell } = await logIn({ target }, limits, scope, nothing)
  t.match(
    await shell.run('type reading kcore mark; echo $LC_ALL $PATH', limits.deadline('guest.command', 'it')),
    {
      status: 0,
      output: /mark[^]*C .*:\/usr\/sbin:\/sbin/,
    },
  )
})

await t.test('a user becomes root by sudo, where it is not root already', async (t) => {
  const sudo = '[ "$1" = -n ] || exit 8; shift; BY_SUDO=yes exec "$@"'
  for (const [id, by] of [
    ['echo 1000', 'yes'],
    ['echo 0', 'no'],
  ] as const) {
    const [target, scope] = await machine(t, { sudo, id })
    const { shell } = await logIn({ target, mayNeedSudo: true }, limits, scope, nothing, 'boot.system')
    const { output } = await shell.run('echo ${BY_SUDO:-no}', limits.deadline('guest.command', 'it'))
    t.equal(output, `${by}\n`)
    await scope.end()
  }
})

await t.test('sudo that wants a password is trouble, in its own words', async (t) => {
  const [target, scope] = await machine(t, {
    ...USER,
    sudo: 'echo "sudo: a password is required" >&2; exit 1',
  })
  await t.rejects(logIn({ target, mayNeedSudo: true }, limits, scope, nothing, 'boot.system'), {
    name: 'Trouble',
    stage: 'ssh.root',
    message: /cannot become root: sudo: a password is required/,
    hint: /NOPASSWD/,
    lasting: true,
  })
})

/** A limit that nobody reaches, and one that is reached soon. */
class Hasty extends Limits {
  override ms(): number {
    return 1500
  }
}

await t.test('a key that is refused: at once, or until the system is up', async (t) => {
  const [target, scope] = await machine(t, USER)
  const wrong = { ...target, key: { privateKey: makeKey().private } }
  await t.rejects(logIn({ target: wrong }, limits, scope, nothing), { name: 'Trouble', stage: 'ssh.login' })
  const started = performance.now()
  await t.rejects(logIn({ target: wrong }, new Hasty(1), scope, nothing, 'boot.system'), {
    name: 'Trouble',
    stage: 'boot.system',
    message: /authentication/,
  })
  t.ok(performance.now() - started > 1000, 'asked again until the limit')
})

await t.test('a connection that nobody answers is given up for a fresh one', async (t) => {
  const [target, scope] = await machine(t, USER)
  let taken = 0
  // As QEMU forwards: the first connection is taken, and nothing ever comes.
  const forwarder = createServer((socket) => {
    socket.on('error', () => undefined)
    if (taken++ === 0) return
    const inside = connect(target.port, target.host)
    inside.on('error', () => socket.destroy())
    socket.pipe(inside).pipe(socket)
  })
  const port = await listenSomewhere(forwarder)
  scope.onEnd('the forwarder', () => void forwarder.close())
  const { shell } = await logIn({ target: { ...target, port } }, limits, scope, nothing, 'boot.system')
  t.equal((await shell.run('echo in', limits.deadline('guest.command', 'it'))).output, 'in\n')
  t.equal(taken, 2)
})

await t.test('another machine than ours is not waited for', async (t) => {
  const [target, scope] = await machine(t, USER)
  const hostKey = pinnedKey(makeKey().blob)
  const login = logIn({ target: { ...target, hostKey } }, limits, scope, nothing, 'boot.system')
  const first = await Promise.race([login.catch((error: unknown) => error), pause(5000)])
  t.match(first, { name: 'Trouble', stage: 'ssh.handshake' })
})

await t.test('our own guest is root, with pinned keys', (t) => {
  const { private: privateKey, blob } = makeKey()
  const login = { user: 'root', port: 22, key: { privateKey }, hostKey: blob }
  const { target, mayNeedSudo } = credentialsOf(login, 'tap')
  t.match(target, { host: '10.111.0.2', port: 22, user: 'root', key: { privateKey } })
  t.ok(target.hostKey.accepts(blob))
  t.notOk(target.hostKey.accepts(makeKey().blob))
  t.equal(mayNeedSudo, undefined)
  t.end()
})

await t.test('an image that is not ours is met for the first time, and its user may need sudo', (t) => {
  const login = { user: 'debian', port: 2200, key: { agent: '/run/agent' } }
  const { target, mayNeedSudo } = credentialsOf(login, 'forwarded')
  t.match(target, { host: '127.0.0.1', port: 2222, user: 'debian', key: { agent: '/run/agent' } })
  t.ok(target.hostKey.accepts('any'))
  t.equal(mayNeedSudo, true)
  t.end()
})
