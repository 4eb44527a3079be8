/** Can a stranger's sosreport make us write, follow, crash, hang or fill the memory? And what is left of it is told honestly. */
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { run } from '../host/shell.ts'
import { REPORT_MEMBERS_MAX } from './archive-limits.ts'
import { type Member, paxOf, tarOf, tgzOf } from './hostile-archives-fixture.ts'
import { looked } from './looked-fixture.ts'
import { COUNTERS, reportMembers } from './report-members-fixture.ts'

const zeros = (mib: number) => Buffer.alloc(mib * 1024 ** 2)
const good = reportMembers()
const root = good[0]?.path ?? ''

/** Refused whole, with these words. */
const refused: readonly (readonly [what: string, members: () => readonly Member[], says: RegExp])[] = [
  [
    'a way out',
    () => [...good, { path: `${root}../../evil`, content: 'x' }],
    /refused: the name .* leads out/,
  ],
  ['an absolute path', () => [...good, { path: '/etc/cron.d/evil', content: 'x' }], /leads out/],
  ['a way out at its beginning', () => [{ path: '../evil', content: 'x' }, ...good], /leads out/],
  [
    'a way out by an extended header',
    () => [...good, paxOf({ path: '../evil' }), { path: 'x' }],
    /leads out/,
  ],
  [
    'a file twice',
    () => [...good, { path: `${root}proc/interrupts`, content: COUNTERS }],
    /refused: it has ".*proc\/interrupts" twice/,
  ],
  [
    'two machines',
    () => [...good, ...reportMembers('sosreport-other/')],
    /two machines or more: "sosreport-other\/" and "sosreport-customer-0421\/"/,
  ],
  [
    'a capture in it',
    () => [{ path: 'x/manifest.json', content: '{"schema":"irqlab.capture/1"}' }, ...good],
    /a capture and the files of a machine at once/,
  ],
  [
    'nothing about interrupts',
    () => [
      { path: 'sosreport-x/etc/hostname', content: 'x' },
      { path: 'sosreport-x/proc/meminfo', content: 'x' },
    ],
    /it has no file about interrupts/,
  ],
  [
    'neither masks nor counters',
    () => [{ path: 'sosreport-x/sos_commands/kernel/dmesg', content: '[    0.1] x2apic enabled\n' }],
    /neither \/proc\/irq\/\*\/smp_affinity_list nor \/proc\/interrupts/,
  ],
  [
    'reports in it',
    () => [{ path: 'sos-collector-x/sosreport-a-2026.tar.xz', content: 'x' }],
    /it holds reports, as `sos collect` makes them/,
  ],
  [
    'counters beyond all bounds, and no masks',
    () => [{ path: 'sosreport-x/proc/interrupts', content: zeros(65) }],
    /no file about interrupts/,
  ],
]

/** Read in part: what is left is right, and what is missing is said. */
const partial: readonly {
  readonly what: string
  readonly bytes: () => Buffer
  /** Of the defects, or of what was not read. */
  readonly says?: RegExp
  readonly finds?: readonly string[]
}[] = [
  { what: 'as it should be', bytes: () => tarOf(good), finds: ['pending-and-quiet 25'] },
  {
    what: 'a link for /proc/interrupts',
    bytes: () =>
      tarOf([
        ...reportMembers(root, { 'proc/interrupts': null }),
        { path: `${root}proc/interrupts`, type: '2', link: '/etc/shadow' },
      ]),
    says: /proc\/interrupts" is no file but a symbolic link; it is left out/,
  },
  {
    what: 'a hard link for a mask',
    bytes: () =>
      tarOf([...good, { path: `${root}proc/irq/26/smp_affinity_list`, type: '1', link: '/etc/shadow' }]),
    says: /26\/smp_affinity_list" is no file but a hard link/,
    finds: ['pending-and-quiet 25'],
  },
  {
    what: 'devices and pipes for files of /sys',
    bytes: () =>
      tarOf([
        ...good,
        { path: `${root}sys/devices/system/cpu/isolated`, type: '3' },
        { path: `${root}sys/devices/system/cpu/present`, type: '6' },
      ]),
    says: /present" is no file but a named pipe/,
    finds: ['pending-and-quiet 25'],
  },
  {
    what: 'a hundred thousand files of no interest',
    bytes: () =>
      tarOf([
        ...good,
        ...Array.from({ length: 100_000 }, (_, at) => ({
          path: `${root}sys/module/m${at}/refcnt`,
          content: '0',
        })),
      ]),
    finds: ['pending-and-quiet 25'],
  },
  {
    what: 'names in no encoding, with control characters, and far too long',
    bytes: () =>
      tarOf([
        { path: `${root}proc/\u00ff\u00fe`, content: 'x' },
        { path: `${root}sos_commands/a\nb\u001B[2J`, content: 'x' },
        paxOf({ path: `${root}proc/irq/${'9/'.repeat(5000)}` }),
        { path: 'x' },
        ...good,
      ]),
    finds: ['pending-and-quiet 25'],
  },
  {
    what: 'a mangled row',
    bytes: () => tarOf(reportMembers(root, { 'proc/interrupts': COUNTERS.replace('60  ', '6x  ') })),
    says: /no count in column 1 of 2/,
  },
  {
    what: 'counters that are noise',
    bytes: () => tarOf(reportMembers(root, { 'proc/interrupts': Buffer.alloc(50_000, '\u0000\u00ff7 :\n') })),
    says: /proc\/interrupts has no row of an irq/,
  },
  {
    what: 'counters that end within a line',
    bytes: () => tarOf(reportMembers(root, { 'proc/interrupts': COUNTERS.slice(0, 200) })),
    says: /ends within a line/,
  },
  {
    what: 'more CPUs than there can be',
    bytes: () =>
      tarOf(
        reportMembers(root, {
          'proc/irq/24/smp_affinity_list': '0-99999999\n',
          'sys/devices/system/cpu/online': null,
          'proc/interrupts': COUNTERS.replace('CPU1', 'CPU99999999999'),
        }),
      ),
    says: /99999999/,
  },
  {
    what: 'masks that would paint the terminal',
    bytes: () => tarOf(reportMembers(root, { 'proc/irq/24/smp_affinity_list': '\u001B]0;evil\u0007\n' })),
    says: /24\/smp_affinity_list/,
    finds: ['pending-and-quiet 25'],
  },
  {
    what: 'lines without end',
    bytes: () =>
      tarOf(
        reportMembers(root, {
          'proc/stat': `cpu  1\nintr 1${' 1'.repeat(2_000_000)} x\n`,
          'proc/cmdline': 'isolcpus='.repeat(500_000),
          'sos_commands/kernel/dmesg': 'affinity '.repeat(500_000),
          'sos_commands/process/ps_auxwww': 'root 1 '.repeat(500_000),
          'sos_commands/pci/lspci_-nnvv': '00:02.0 '.repeat(500_000),
          'sos_commands/processor/lscpu': 'CPU(s):'.repeat(500_000),
          'etc/rc.local': `echo ${'f'.repeat(60_000)} >/proc/irq/24/smp_affinity`,
        }),
      ),
    finds: ['pending-and-quiet 25'],
  },
  {
    what: 'a log of a hundred MiB, in which irqbalance was refused',
    bytes: () =>
      tarOf(
        reportMembers(root, {
          'proc/interrupts': COUNTERS.replace('virtio1-input.0', 'nvme0q1'),
          'var/log/messages': Buffer.concat([
            Buffer.alloc(100 * 1024 ** 2, 'a line of no interest\n'),
            Buffer.from('\nx irqbalance[1]: Cannot change IRQ 24 affinity: Operation not permitted\n'),
          ]),
        }),
      ),
    finds: ['managed-move-tried 24', 'pending-and-quiet 25'],
  },
  {
    what: 'the end cut off',
    bytes: () => tarOf(good).subarray(0, 512 * 18),
    says: /not there|cut|too early/,
  },
]

await t.test('refused', async (t) => {
  const dir = t.testdir()
  for (const [what, members, says] of refused) {
    const path = join(dir, 'report.tar.gz')
    writeFileSync(path, tgzOf(members()))
    t.match(await looked('archive', path), says, what)
  }
  t.same(readdirSync(dir), ['report.tar.gz'], 'nothing was written beside it')
})

await t.test('read in part', async (t) => {
  const dir = t.testdir()
  for (const { what, bytes, says, finds } of partial) {
    const path = join(dir, 'report.tar')
    writeFileSync(path, bytes())
    const diagnosis = await looked('archive', path)
    if (typeof diagnosis === 'string') {
      t.fail(`${what}: ${diagnosis}`)
      continue
    }
    const { seen, findings } = diagnosis
    const told = [...seen.defects, ...seen.unread].join('\n')
    if (says !== undefined) t.match(told, says, what)
    t.notMatch(JSON.stringify([findings, told]), /\\u001b|\\u0007/i, `${what}: nothing paints`)
    for (const one of finds ?? [])
      t.ok(
        findings.some(({ name, irq }) => `${name} ${irq}` === one),
        `${what}: ${one}`,
      )
  }
  t.same(readdirSync(dir), ['report.tar'], 'nothing was written beside it')
})

await t.test('unpacked: no link is followed, no pipe is opened', async (t) => {
  const dir = t.testdir()
  const secret = 'root:secret:1'
  const outside = join(dir, 'outside')
  mkdirSync(join(outside, '99'), { recursive: true })
  writeFileSync(join(outside, 'shadow'), secret)
  writeFileSync(join(outside, '99/smp_affinity_list'), '3\n')
  const report = join(dir, 'report')
  for (const { path, content, type = '0' } of reportMembers('')) {
    if (type !== '0' || path === 'proc/interrupts') continue
    mkdirSync(join(report, dirname(path)), { recursive: true })
    writeFileSync(join(report, path), content ?? '')
  }
  symlinkSync('../../outside/shadow', join(report, 'proc/interrupts'))
  symlinkSync('../../../outside/99', join(report, 'proc/irq/99'))
  symlinkSync('..', join(report, 'proc/irq/loop'))
  symlinkSync('/', join(report, 'sys/devices/system/node'))
  await run(['mkfifo', join(report, 'sys/devices/system/cpu/isolated')], { stage: 'test', limitMs: 5000 })
  const found = await looked('folder', report)
  if (typeof found === 'string') throw new Error(found)
  t.match(found.seen.defects.join('\n'), /"proc\/interrupts" is no plain file/)
  t.match(found.seen.defects.join('\n'), /isolated" is no plain file/)
  t.notOk(found.irqs.some(({ number }) => number === 99))
  t.notMatch(JSON.stringify(found.seen), secret)
  rmSync(join(report, 'proc/interrupts'))
  writeFileSync(join(report, 'proc/interrupts'), COUNTERS)
  await pendingIn(t, report)
  await pendingIn(t, dir, 'in a folder around it')
  t.ok(REPORT_MEMBERS_MAX > 100_000)
})

async function pendingIn(t: Test, path: string, what = 'as it is'): Promise<void> {
  const found = await looked('folder', path)
  t.match(typeof found === 'string' ? found : found.findings[0], { name: 'pending-and-quiet', irq: 25 }, what)
}
