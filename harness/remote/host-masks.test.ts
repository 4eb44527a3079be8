import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { Deadline } from '../base/deadline.ts'
import { poll } from '../base/poll.ts'
import { exchange } from '../host/exchange.ts'
import { type Child, spawnProcess } from '../host/processes.ts'

const SCRIPT = resolve(import.meta.dirname, 'host-masks.sh')
const options = { stage: 'test', limitMs: 10_000 }
const BOOT = '3b8a1e0c-0000-4000-8000-000000000001'

/** A machine made of files, and the script's answers on it. */
function machine(t: Test, irqs: Readonly<Record<number, readonly [mask: string, action: string]>>) {
  const root = t.testdir()
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), `${text}\n`)
  }
  put('proc/sys/kernel/random/boot_id', BOOT)
  for (const [irq, [mask, action]] of Object.entries(irqs)) {
    put(`proc/irq/${irq}/smp_affinity`, mask)
    put(`sys/kernel/irq/${irq}/actions`, action)
  }
  const sh = async (...words: readonly string[]) => {
    const answer = await exchange(['env', `IRQLAB_ROOT=${root}`, 'sh', SCRIPT, ...words], options)
    t.equal(answer.stderr, '')
    return { status: answer.status, lines: answer.stdout.split('\n').filter((line) => line !== '') }
  }
  const mask = (irq: number) => readFileSync(join(root, `proc/irq/${irq}/smp_affinity`), 'utf8').trim()
  return { root, put, sh, mask, journal: join(root, 'run/irqlab/masks') }
}

/** Processes that live until they are ended. */
async function sleepers<Count extends 1 | 2>(t: Test, count: Count) {
  const all: Child[] = []
  t.teardown(() => Promise.all(all.map((child) => child.terminate(1000))))
  while (all.length < count)
    all.push(await spawnProcess(['sleep', '600'], { stdio: ['ignore', 'ignore', 'ignore'] }))
  return all as unknown as Count extends 1 ? readonly [Child] : readonly [Child, Child]
}

const until = (what: string, is: () => boolean) =>
  poll(new Deadline('test', what, 10_000), () => is() || undefined, { everyMs: 20 })

await t.test('masks are kept before they change, and written back', async (t) => {
  const { sh, put, mask, journal } = machine(t, {
    24: ['f', 'virtio1-input.0'],
    25: ['ff,ffffffff', 'eth0 TxRx 1'],
    26: ['3', ''],
    27: ['1', 'gone'],
    28: ['2', 'eth0-rx-1'],
  })
  mkdirSync(dirname(journal), { recursive: true })
  const saved = await sh('save', '24', '25', '26', '27', '28')
  t.equal(saved.status, 0)
  t.match(saved.lines[0], new RegExp(`^masks journal irqlab\\.masks/1 boot=${BOOT} since=2`))
  t.equal(saved.lines[2], 'masks journal irq 25 ff,ffffffff eth0 TxRx 1')
  put('proc/irq/24/smp_affinity', '2')
  put('proc/irq/25/smp_affinity', '0,00000001')
  rmSync(join(dirname(dirname(dirname(journal))), 'proc/irq/27'), { recursive: true })
  put('proc/irq/28/smp_affinity', '8')
  put('sys/kernel/irq/28/actions', 'somebody-else')

  t.same(await sh('save', '24'), { status: 1, lines: ['masks leftover'] }, 'never over a journal')
  const restored = await sh('restore')
  t.same(restored, {
    status: 0,
    lines: [
      'masks restored irq=24 mask=f action=virtio1-input.0',
      'masks restored irq=25 mask=ff,ffffffff action=eth0 TxRx 1',
      'masks same irq=26 mask=3 action=',
      'masks gone irq=27 mask=1 action=gone',
      'masks other irq=28 mask=2 action=eth0-rx-1 now=somebody-else',
    ],
  })
  t.equal(mask(24), 'f')
  t.equal(mask(25), 'ff,ffffffff')
  t.equal(mask(28), '8', 'another irq under the same number is left alone')
  t.notOk(existsSync(journal))
  t.same(await sh('restore'), { status: 0, lines: ['masks none'] })
})

await t.test('a mask that the kernel refuses stays in the journal', async (t) => {
  const { root, sh, put, journal } = machine(t, { 24: ['f', 'a'], 25: ['3', 'b'] })
  mkdirSync(dirname(journal), { recursive: true })
  await sh('save', '24', '25')
  const file = join(root, 'proc/irq/24/smp_affinity')
  rmSync(file)
  // Readable, and nobody may write it.
  symlinkSync('/proc/sys/kernel/ostype', file)
  put('proc/irq/25/smp_affinity', '1')

  const { status, lines } = await sh('restore')
  t.equal(status, 1)
  t.match(lines, [
    /^masks refused irq=24 mask=f action=a now=Linux .*[Pp]ermission denied/,
    'masks restored irq=25 mask=3 action=b',
  ])
  t.match(readFileSync(journal, 'utf8'), /^irqlab\.masks\/1 boot=\S+ since=\S+\nirq 24 f a\n$/)
})

await t.test('after a reboot there is nothing to write back', async (t) => {
  const { sh, put, mask, journal } = machine(t, { 24: ['f', 'a'] })
  mkdirSync(dirname(journal), { recursive: true })
  await sh('save', '24')
  put('proc/irq/24/smp_affinity', '1')
  put('proc/sys/kernel/random/boot_id', 'another')
  t.same(await sh('restore'), { status: 0, lines: ['masks rebooted'] })
  t.equal(mask(24), '1')
  t.notOk(existsSync(journal))
})

await t.test('an irq that cannot be read is not saved', async (t) => {
  const { sh, journal } = machine(t, { 24: ['f', 'a'] })
  mkdirSync(dirname(journal), { recursive: true })
  const answer = await exchange(
    ['env', `IRQLAB_ROOT=${dirname(dirname(dirname(journal)))}`, 'sh', SCRIPT, 'save', '24', '99'],
    options,
  )
  t.equal(answer.status, 2)
  t.notOk(existsSync(journal), 'half a journal is none')
  t.same(await sh('leftovers'), { status: 0, lines: [] })
})

await t.test('one at a time, and no lock outlives its holder', async (t) => {
  const { root, sh } = machine(t, {})
  const [first, second] = await sleepers(t, 2)
  t.same(await sh('lock', `${first.pid}`, 'ann@here'), { status: 0, lines: ['masks locked'] })
  const refused = await sh('lock', `${second.pid}`, 'bob@there')
  t.equal(refused.status, 1)
  t.match(refused.lines, [/^masks held who=ann@here since=20\d\d-/])
  await first.terminate(1000)
  t.same(await sh('lock', `${second.pid}`, 'bob@there'), { status: 0, lines: ['masks locked'] })
  t.match(readlinkSync(join(root, 'run/irqlab/lock')), `pids=${second.pid}:`)
  await sh('unlock')
  t.notOk(existsSync(join(root, 'run/irqlab')))
})

await t.test(
  'the guard restores when the shell is gone, and removes what is ours from the trace',
  async (t) => {
    const { root, sh, put, mask, journal } = machine(t, { 24: ['f', 'a'] })
    const [shell] = await sleepers(t, 1)
    await sh('lock', `${shell.pid}`, 'ann@here')
    await sh('save', '24')
    put('proc/irq/24/smp_affinity', '1')
    put(
      'sys/kernel/tracing/kprobe_events',
      'p:irqlab_host/set irq_set_affinity_locked\np:others/open do_sys_open',
    )
    const guard = await spawnProcess(
      ['env', `IRQLAB_ROOT=${root}`, 'sh', SCRIPT, 'guard', `${shell.pid}`, '600'],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    )
    const lock = join(root, 'run/irqlab/lock')
    await until('two holders', () => readlinkSync(lock).includes(`,${guard.pid}:`))
    t.equal(mask(24), '1')
    await shell.terminate(1000)
    await guard.exited
    t.equal(mask(24), 'f')
    t.notOk(existsSync(journal))
    t.throws(() => readlinkSync(lock), { code: 'ENOENT' })
    const probes = readFileSync(join(root, 'sys/kernel/tracing/kprobe_events'), 'utf8')
    t.match(probes, /\n-:irqlab_host\/set\n$/)
    t.notMatch(probes, '-:others')
    t.same(await sh('leftovers'), {
      status: 0,
      lines: ['masks guard restored irq=24 mask=f action=a'],
    })
    t.same(await sh('leftovers'), { status: 0, lines: [] }, 'told once')
  },
)

await t.test('the guard takes a silent shell for lost', async (t) => {
  const { root, sh, put, mask } = machine(t, { 24: ['f', 'a'] })
  const [shell] = await sleepers(t, 1)
  await sh('lock', `${shell.pid}`, 'ann@here')
  await sh('save', '24')
  put('proc/irq/24/smp_affinity', '1')
  // The last sign of life: when this machine had just been booted.
  put('run/irqlab/beat', '1')
  await sh('guard', `${shell.pid}`, '1')
  t.equal((await shell.exited).signal, 'SIGKILL')
  t.equal(mask(24), 'f')
  t.notOk(existsSync(join(root, 'run/irqlab/beat')))
})

await t.test('a guard whose run has given the machine free touches nothing of the next one', async (t) => {
  const { root, sh, put, mask, journal } = machine(t, { 24: ['f', 'a'] })
  const [first, second] = await sleepers(t, 2)
  await sh('lock', `${first.pid}`, 'ann@here')
  const guard = await spawnProcess(
    ['env', `IRQLAB_ROOT=${root}`, 'sh', SCRIPT, 'guard', `${first.pid}`, '600'],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const lock = join(root, 'run/irqlab/lock')
  await until('two holders', () => readlinkSync(lock).includes(`,${guard.pid}:`))
  await sh('unlock')
  await first.terminate(1000)
  // Somebody else is faster than the guard.
  t.same((await sh('lock', `${second.pid}`, 'bob@there')).lines, ['masks locked'])
  await sh('save', '24')
  put('proc/irq/24/smp_affinity', '1')
  await guard.exited
  t.equal(mask(24), '1')
  t.ok(existsSync(journal))
  t.match(readlinkSync(lock), 'who=bob@there')
})
