import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { Deadline } from '../base/deadline.ts'
import { poll } from '../base/poll.ts'
import { Scope } from '../base/scope.ts'
import { exchange } from './exchange.ts'
import { endWithParent, enterArgv, innerPid, isolate, namespaceArgv } from './namespace.ts'
import { spawnProcess } from './processes.ts'
import { makeWorkdir } from './workdir.ts'

const here = import.meta.dirname
const asRoot = process.getuid?.() === 0
// As root both ways can be shown; an ordinary user has the one with a user namespace.
const ways = asRoot ? [{ root: true }, { root: false }] : [{ root: false }]

const workerScript = `
import { readFileSync, readlinkSync } from 'node:fs'
import { execFileSync, spawn } from 'node:child_process'
import { networkInterfaces } from 'node:os'
const { isolate, endWithParent } = await import('${here}/namespace.ts')
const { makeWorkdir } = await import('${here}/workdir.ts')
const { Scope } = await import('${here}/../base/scope.ts')
const base = await isolate({ sizeMiB: 16, visible: ['${here}'] })
const workdir = await makeWorkdir(new Scope(), base)
spawn('sh', ['-c', 'while :; do sleep 1; done', process.argv[2]], { stdio: 'ignore' })
process.send(JSON.stringify({
  pid: process.pid,
  uid: process.getuid(),
  workdir,
  net: readlinkSync('/proc/self/ns/net'),
  interfaces: networkInterfaces(),
  ipv6: readFileSync('/proc/net/if_inet6', 'utf8'),
  df: execFileSync('stat', ['-f', '-c', '%T %b %s', workdir], { encoding: 'utf8' }),
}))
if (process.argv[3] === 'deaf') for (;;);
endWithParent(() => process.exit(0))
`

const parentScript = `
const { namespaceArgv } = await import('${here}/namespace.ts')
const { spawnProcess } = await import('${here}/processes.ts')
const [script, marker, mood, root] = process.argv.slice(2)
const argv = [...namespaceArgv({ root: root === 'root' }), process.execPath, script, marker, mood]
const worker = await spawnProcess(argv, { stdio: ['ignore', 'inherit', 'inherit'], ipc: true })
worker.onMessage((message) => process.send(message))
`

interface Report {
  readonly pid: number
  readonly uid: number
  readonly workdir: string
  readonly net: string
  readonly interfaces: Record<string, readonly { readonly address: string }[]>
  readonly ipv6: string
  readonly df: string
}

async function writeScript(scope: Scope, name: string, text: string): Promise<string> {
  const path = join(await makeWorkdir(scope), name)
  await writeFile(path, text)
  return path
}

/** Host pids of all processes that have the marker in their command line. */
function marked(marker: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(marker)
    } catch {
      return false
    }
  })
}

for (const way of ways) {
  const name = way.root ? 'as root' : 'in a user namespace'

  await t.test(`${name}: a worker talks over ipc, sees a private world and can be entered`, async (t) => {
    const scope = new Scope()
    t.teardown(() => scope.end())
    const script = await writeScript(scope, 'worker.mjs', workerScript)
    const marker = `irqlab-marker-${process.pid}-a-${way.root}`
    const worker = await spawnProcess([...namespaceArgv(way), process.execPath, script, marker], {
      stdio: ['ignore', 'inherit', 'inherit'],
      ipc: true,
    })
    scope.onEnd('worker', () => void worker.kill('SIGKILL'))
    const told = await new Promise((tell) => worker.onMessage(tell))
    const report: Report = JSON.parse(String(told))

    t.equal(report.pid, 1)
    t.equal(report.uid, 0)
    t.not(report.net, readlinkSync('/proc/self/ns/net'))
    t.same(Object.keys(report.interfaces), ['lo'])
    t.same(
      report.interfaces['lo']?.map((each) => each.address),
      ['127.0.0.1'],
      'loopback is up, without IPv6',
    )
    t.equal(report.ipv6, '')
    const [type, blocks, blockBytes] = report.df.split(' ')
    t.equal(type, 'tmpfs')
    t.equal(Number(blocks) * Number(blockBytes), 16 * 2 ** 20)
    t.match(report.workdir, /^\/(run|mnt|media|srv)\/irqlab-\w{6}$/)
    t.equal(existsSync(report.workdir), false, 'nothing of it is on the host')

    const pid = await innerPid(worker.pid)
    const inside = ['sh', '-c', 'readlink /proc/self/ns/net; id -u; ls -d "$0"', report.workdir] as const
    const answer = await exchange([...enterArgv(pid, way), ...inside], { stage: 'test', limitMs: 5000 })
    t.equal(answer.stdout, `${report.net}\n0\n${report.workdir}\n`, answer.stderr)

    t.ok(marked(marker).length >= 2, 'worker and its child are seen')
    worker.closeChannel()
    t.same(await worker.exited, { code: 0, signal: null }, 'the worker ends with its channel')
    t.same(marked(marker), [], 'and its child with it')
  })

  await t.test(
    `${name}: SIGKILL of the parent alone ends everything, even a worker that hears nothing`,
    async (t) => {
      const scope = new Scope()
      t.teardown(() => scope.end())
      const worker = await writeScript(scope, 'worker.mjs', workerScript)
      const script = await writeScript(scope, 'parent.mjs', parentScript)
      const marker = `irqlab-marker-${process.pid}-b-${way.root}`
      const argv = [process.execPath, script, worker, marker, 'deaf', way.root ? 'root' : 'user'] as const
      const parent = await spawnProcess(argv, { stdio: ['ignore', 'inherit', 'inherit'], ipc: true })
      scope.onEnd('parent', () => void parent.kill('SIGKILL'))
      await new Promise((told) => parent.onMessage(told))
      t.ok(marked(marker).length >= 4, 'parent, unshare, worker and its child are seen')

      process.kill(parent.pid, 'SIGKILL')
      const limit = new Deadline('test', 'end of all', 1000)
      const seen = (): string => marked(marker).join(' ')
      await poll(limit, () => (seen() === '' ? true : undefined), { everyMs: 20, seen })
      t.same(marked(marker), [])
    },
  )
}

await t.test('isolate refuses to touch the host', async (t) => {
  await t.rejects(isolate({ sizeMiB: 1, visible: [] }), { name: 'Bug' })
})

await t.test('a process without a channel ends at once, and no child is no inner pid', async (t) => {
  if (!process.connected) {
    let ended = 0
    endWithParent(() => ended++)
    t.equal(ended, 1)
  }
  await t.rejects(innerPid(2 ** 30), { name: 'Trouble' })
})
