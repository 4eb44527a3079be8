/** A guest plays a stranger's machine: is it as it was after a run, after Ctrl-C, and after any SIGKILL? */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { z } from 'zod'
import { Deadline } from '../base/deadline.ts'
import { poll } from '../base/poll.ts'
import { exchange } from '../host/exchange.ts'
import { ensureSsh } from '../host/ssh-argv.ts'
import { recordSchema } from '../record/run-record.ts'
import { BIN, irqlab, makePlace, type Place } from './irqlab-fixture.ts'
import { commandOf, type Running, said, start, treeOf } from './leftovers-fixture.ts'

const HOST = 'ssh://root@10.111.0.2'
const keptSchema = z.object({
  enter: z.array(z.string()),
  login: z.object({ key: z.object({ privateKey: z.string() }), hostKey: z.string() }),
})

/** The machine, and how it is asked by somebody who has nothing but its network. */
interface Stranger {
  readonly ask: (args: readonly string[]) => ReturnType<typeof irqlab>
  readonly begin: (args: readonly string[]) => Promise<Running>
  readonly sh: (script: string) => Promise<string>
  /** The masks of all irqs of its NIC, and whatever of ours is there. */
  readonly masks: () => Promise<string>
  readonly ours: () => Promise<string>
  readonly kept: () => readonly string[]
}

async function stranger(t: Test, place: Place): Promise<Stranger> {
  await ensureSsh((line) => t.comment(line))
  const running = await start(place, ['run', 'cancelled-request', '--keep', '--results', place.results])
  t.teardown(async () => {
    process.kill(running.child.pid, 'SIGINT')
    await running.child.exited
    place.remove()
  })
  await said(running, /^ {2}irqlab shell \S+$/m, 150_000)
  const file = readdirSync(place.results, { recursive: true })
    .map(String)
    .find((path) => path.endsWith('kept.json'))
  const { enter, login } = keptSchema.parse(JSON.parse(readFileSync(join(place.results, file ?? ''), 'utf8')))
  const [key, known] = [join(place.dir, 'key'), join(place.dir, 'known_hosts')]
  writeFileSync(key, login.key.privateKey, { mode: 0o600 })
  writeFileSync(known, `10.111.0.2 ssh-ed25519 ${login.hostKey}\n`)
  // Its network alone: our processes are the test's, so that a signal reaches them.
  const [nsenter = '', ...words] = enter.filter((word) => word !== '--pid' && word !== '--mount')
  const ssh = ['ssh', '-F', 'none', '-o', `UserKnownHostsFile=${known}`]
  const state = join(place.dir, 'state')
  const env = { IRQLAB_SSH: ssh.join(' '), XDG_STATE_HOME: state }
  const program = [nsenter, ...words, process.execPath, BIN] as const
  const full = (args: readonly string[]) => [
    ...args,
    '--host-key',
    key,
    ...(args[0] === 'run' ? ['--host', HOST, '--i-may-change-this-host', '--results', place.results] : []),
  ]
  const sh = async (script: string) => {
    const argv = [nsenter, ...words, ...ssh, '-i', key, 'root@10.111.0.2', script] as const
    return (await exchange(argv, { stage: 'test', limitMs: 30_000 })).stdout
  }
  return {
    ask: (args) => irqlab(place, full(args), { env, program, limitMs: 120_000 }),
    begin: (args) => start(place, full(args), { env: { ...process.env, ...env }, program }),
    sh,
    masks: () => sh('for i in /proc/irq/[0-9]*; do echo "${i##*/} $(cat $i/smp_affinity)"; done'),
    ours: () =>
      sh(
        'ls -A /run/irqlab /sys/kernel/tracing/instances 2>/dev/null; grep irqlab_host /sys/kernel/tracing/kprobe_events; ps | grep host-mask[s]',
      ),
    kept: () => {
      const hosts = join(state, 'irqlab/hosts')
      return existsSync(hosts) ? readdirSync(hosts) : []
    },
  }
}

/** A run that has written to the irqs: all its processes, as this machine numbers them. */
async function halfway({
  begin,
}: Stranger): Promise<{ readonly running: Running; readonly tree: readonly number[] }> {
  const running = await begin(['run', 'deferred-move'])
  await said(running, /probing rx\./)
  return { running, tree: treeOf(running.child.pid) }
}

await t.test('a stranger’s machine is asked, and is as it was whatever happens', async (t) => {
  const place = makePlace()
  const machine = await stranger(t, place)
  const { ask, masks, ours, sh, kept } = machine
  const before = await masks()
  const nothing = '/sys/kernel/tracing/instances:\n'
  const within = (what: string, asBefore: () => Promise<boolean>) =>
    poll(new Deadline('test', what, 30_000), async () => (await asBefore()) || undefined, { everyMs: 300 })

  await t.test('it passes, with verdicts, and says what it asked', async (t) => {
    const { status, stdout, stderr } = await ask(['run', 'deferred-move', '--json'])
    t.equal(status, 0, stderr)
    const [record] = z.object({ runs: z.array(recordSchema) }).parse(JSON.parse(stdout)).runs
    t.match(record, {
      outcome: 'pass',
      kernel: { source: 'host', release: /^6\.1\./ },
      guest: { flavour: 'host' },
      host: { destination: 'root@10.111.0.2', nic: { name: 'test0', driver: 'virtio_net' }, virtual: true },
      accel: { used: 'none' },
      leaks: [],
    })
    t.ok((record?.verdicts.length ?? 0) > 20)
    t.notOk(
      record?.verdicts.some(({ law }) => law === 'hardware-agrees'),
      'nobody looks from outside',
    )
    t.equal(await masks(), before)
    // The guard looks once a second whether it is needed still.
    await within('nothing of ours', async () => !/irqlab_host|host-masks/.test(await ours()))
    t.match(await sh('dmesg'), /irqlab [0-9a-f]{12}: deferred-move asks the irqs [\d, ]+ of test0/)
    t.same(kept(), [])
  })

  await t.test('what cannot be undone is not asked', async (t) => {
    const { status, stdout } = await ask(['run', 'rebind'])
    t.equal(status, 4)
    t.match(stdout, /rebind does not declare that it changes affinity masks alone/)
    t.notMatch(await sh('dmesg'), /irqlab [0-9a-f]{12}: rebind/)
  })

  await t.test('one irqlab at a time; Ctrl-C ends with the masks as they were', async (t) => {
    const { running } = await halfway(machine)
    t.not(await masks(), before, 'it has written')
    const other = await ask(['host', 'restore', HOST])
    t.equal(other.status, 2)
    t.match(other.stderr, /Another irqlab is at work on root@10\.111\.0\.2: who=/)
    process.kill(running.child.pid, 'SIGINT')
    const exit = await new Deadline('test', 'the end by SIGINT', 60_000).race(running.child.exited)
    t.same(exit, { code: 130, signal: null })
    t.equal(await masks(), before)
    t.match(running.stderr(), /the masks there are as they were/)
    t.same(kept(), [])
  })

  await t.test('a connection that is lost breaks the run, and is nobody’s fault', async (t) => {
    const { running, tree } = await halfway(machine)
    const way = tree.find((pid) => commandOf(pid).includes('BatchMode=yes'))
    if (way === undefined) throw new Error('no ssh is at work')
    process.kill(way, 'SIGKILL')
    const exit = await new Deadline('test', 'the end of the run', 90_000).race(running.child.exited)
    t.equal(exit.code, 2)
    t.match(running.stdout(), /^\? broken +deferred-move /m)
    t.match(running.stdout(), /ssh\.connection: ssh to root@10\.111\.0\.2 ended with SIGKILL/)
    await within('the masks as they were', async () => (await masks()) === before)
    await within('nothing of ours', async () => !/irqlab_host|host-mask.* guard/.test(await ours()))
    const { stdout } = await ask(['host', 'restore', HOST])
    t.match(stdout, /the guard there has restored/)
    t.same(kept(), [])
  })

  await t.test('SIGKILL of irqlab: its worker puts them back', async (t) => {
    const { running } = await halfway(machine)
    running.child.kill('SIGKILL')
    await within('the masks as they were', async () => (await masks()) === before)
    await within('nothing of ours', async () => !/irqlab_host|host-masks/.test(await ours()))
    t.same(kept(), [])
  })

  await t.test(
    'SIGKILL of all that is ours: the guard there puts them back, and the next one hears of it',
    async (t) => {
      const { tree } = await halfway(machine)
      for (const pid of tree) process.kill(pid, 'SIGKILL')
      await within('the masks as they were', async () => (await masks()) === before)
      await within('no lock', async () => !(await sh('ls /run/irqlab')).includes('lock'))
      const { status, stdout } = await ask(['host', 'restore', HOST])
      t.equal(status, 0)
      t.match(stdout, /the guard there has restored: the masks of irqs [\d, ]+ are as before/)
      t.same(kept(), [])
      t.match(await ask(['host', 'restore', HOST]), { status: 0, stdout: /nothing was left there/ })
    },
  )

  await t.test('SIGKILL of the guard, too: the next start puts them back first', async (t) => {
    const { tree } = await halfway(machine)
    await sh('kill -9 $(ps | grep "host-masks.sh guar[d]" | while read -r pid rest; do echo $pid; done)')
    for (const pid of tree) process.kill(pid, 'SIGKILL')
    const holder = `pid=$(readlink /run/irqlab/lock); pid=\${pid#pids=}; kill -0 \${pid%%:*} && echo lives`
    await within('the end of its shell', async () => !/lives/.test(await sh(holder)))
    t.not(await masks(), before, 'nobody was left to do it')
    t.same(kept().length, 1)
    const { status, stdout, stderr } = await ask(['run', 'same-cpu'])
    t.equal(status, 0, stdout + stderr)
    t.match(stdout + stderr, /the run before did not end well: restoring what it has left/)
    t.equal(await masks(), before)
    await within('nothing of ours', async () => (await ours()).trim() === nothing.trim())
    t.same(kept(), [])
  })
})
