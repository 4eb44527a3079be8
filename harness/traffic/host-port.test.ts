/** Does one write reach the other side as one, and is what it has not taken counted? A socket of ours stands for QEMU's. */
import { connect, type Socket } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { Deadline } from '../base/deadline.ts'
import { poll } from '../base/poll.ts'
import { Scope } from '../base/scope.ts'
import { HostPort, parseUntaken } from './host-port.ts'

/** A port and the scope that ends it, in a directory with a short name: a socket's path has 107 characters at most. */
async function listening(): Promise<{ port: HostPort; path: string; scope: Scope }> {
  const scope = new Scope()
  const dir = mkdtempSync(join(tmpdir(), 'irqlab-port-'))
  scope.onEnd('the directory', () => rmSync(dir, { recursive: true }))
  const path = join(dir, 'port.socket')
  return { port: await HostPort.listen(path, scope), path, scope }
}

function connected(path: string, scope: Scope): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket))
    // Before it is connected: from then on Node would read at once, and keep what nobody asked for.
    socket.pause()
    socket.on('error', reject)
    scope.onEnd('the socket', () => {
      socket.destroy()
    })
  })
}

/** Writes as soon as our side has seen the connection. */
async function written(port: HostPort, text: string): Promise<void> {
  const deadline = new Deadline('test', 'the connection', 5000)
  await poll(
    deadline,
    () =>
      port.write(text).then(
        () => true,
        () => undefined,
      ),
    { everyMs: 5 },
  )
}

await t.test('bytes arrive in order; what is not taken is counted to the byte', async (t) => {
  const { port, path, scope } = await listening()
  t.teardown(() => scope.end())
  await t.rejects(port.write('x'), {
    name: 'Trouble',
    stage: 'traffic.port',
    message: /QEMU is not connected/,
  })
  const qemu = await connected(path, scope)
  await written(port, 'a')
  await port.write('b')
  t.equal(await port.untaken(), 2)
  const heard: string[] = []
  qemu.on('data', (data) => heard.push(data.toString()))
  qemu.resume()
  await poll(new Deadline('test', 'the bytes', 5000), () => heard.join('') === 'ab' || undefined, {
    everyMs: 5,
  })
  t.equal(await port.untaken(), 0)
})

await t.test('a second QEMU of the same run takes the place of the first', async (t) => {
  const { port, path, scope } = await listening()
  t.teardown(() => scope.end())
  const first = await connected(path, scope)
  await written(port, 'a')
  first.destroy()
  const second = await connected(path, scope)
  const heard: string[] = []
  second.on('data', (data) => heard.push(data.toString()))
  second.resume()
  await poll(
    new Deadline('test', 'a byte', 5000),
    async () => {
      await port.write('b').catch(() => undefined)
      return heard.length > 0 || undefined
    },
    { everyMs: 5 },
  )
  t.match(heard.join(''), /^b+$/)
})

await t.test('a path that cannot be is trouble', async (t) => {
  const scope = new Scope()
  t.teardown(() => scope.end())
  const refused = { name: 'Trouble', stage: 'traffic.port' }
  await t.rejects(HostPort.listen(join(t.testdir({}), 'no', 'such'), scope), refused)
})

await t.test('what ss prints is read by column, or not at all', async (t) => {
  const text = [
    'u_str ESTAB  0 0   /run/x/ttyS1.socket 71 * 72',
    'u_str ESTAB  3 0                    * 72 * 71',
    'u_str LISTEN 0 511 /run/x/ttyS1.socket 70 * 0',
    'u_str ESTAB  9 0   /run/x/other.socket 81 * 82',
    '',
  ].join('\n')
  t.equal(parseUntaken(text, '/run/x/ttyS1.socket'), 3)
  for (const wrong of ['', 'u_str LISTEN 0 511 /run/x/ttyS1.socket 70 * 0', text.replace(' 3 ', ' ? ')])
    t.throws(() => parseUntaken(wrong, '/run/x/ttyS1.socket'), { name: 'Trouble', stage: 'traffic.port' })
})
