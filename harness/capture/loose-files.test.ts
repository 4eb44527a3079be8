/** Are loose files told by what is in them, whatever they are called: /proc/interrupts, grep, tail, lscpu, crash(8)? */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import type { Diagnosis } from '../diagnose/diagnose.ts'
import { lastOf } from '../diagnose/evidence.ts'
import { tgzOf } from './hostile-archives-fixture.ts'
import { looked } from './looked-fixture.ts'
import { COUNTERS } from './report-members-fixture.ts'

type Texts = Readonly<Record<string, string>>

/** As a folder and as an archive of it, which have to say the same. */
async function both(t: Test, texts: Texts): Promise<Diagnosis> {
  const dir = t.testdir({ case: {} })
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(dir, 'case', path)), { recursive: true })
    writeFileSync(join(dir, 'case', path), text)
  }
  const archive = join(dir, 'case.tgz')
  writeFileSync(
    archive,
    tgzOf(Object.entries(texts).map(([path, content]) => ({ path: `case/${path}`, content }))),
  )
  const [folder, packed] = [await looked('folder', join(dir, 'case')), await looked('archive', archive)]
  if (typeof folder === 'string') throw new Error(folder)
  if (typeof packed === 'string') throw new Error(packed)
  t.same(packed.findings, folder.findings, 'an archive of it says the same')
  t.equal(folder.seen.source, 'files')
  return folder
}

const maskOf = ({ irqs }: Diagnosis, irq: number) => {
  const found = irqs.find(({ number }) => number === irq)
  return found && lastOf(found.requested)?.toList()
}
const names = ({ findings }: Diagnosis) =>
  findings.map(({ name, irq }) => (irq === undefined ? name : `${name} ${irq}`))

const GREP = [
  '/proc/irq/4/smp_affinity_list:0-1',
  '/proc/irq/24/smp_affinity_list:0',
  '/proc/irq/25/smp_affinity_list:1',
  '/proc/irq/4/effective_affinity_list:0',
  '/proc/irq/24/effective_affinity_list:0',
  '/proc/irq/25/effective_affinity_list:0',
  '/proc/irq/25/affinity_hint:2',
  '',
].join('\n')
const LSCPU =
  'Architecture:            x86_64\nCPU(s):                  2\nOn-line CPU(s) list:     0,1\nThread(s) per core:      1\nCore(s) per socket:      1\nSocket(s):               2\nNUMA node0 CPU(s):       0\nNUMA node1 CPU(s):       1\n'

await t.test('cat, grep and lscpu, each into a file', async (t) => {
  const found = await both(t, {
    'interrupts.txt': COUNTERS,
    'affinity.txt': GREP,
    'lscpu.txt': LSCPU,
    cmdline: 'BOOT_IMAGE=/vmlinuz root=/dev/sda1 irqaffinity=0 secret=1\n',
    'dmesg.log': '[    0.1] x2apic enabled\n[   9.1] IRQ25: set affinity failed(-28).\n',
    uname: 'Linux customer 6.1.0-56-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 x86_64 GNU/Linux\n',
    'notes.md': 'please look at this\n',
  })
  t.same(names(found), ['kernel-complained', 'pending-and-quiet 25', 'no-remapping'])
  t.match(found.seen, {
    releaseText: '6.1.0-56-amd64',
    cpus: { words: ['irqaffinity=0'] },
    defects: [],
    unread: [/^a second sample: there is only one/, /debug\/irq/, /^processes: not there/],
  })
  t.equal(found.seen.cpus.possible?.toList(), '0-1')
  t.notMatch(JSON.stringify(found.seen), /customer|secret/)
})

await t.test(
  'two copies of /proc/interrupts are two samples, in whichever order they are named',
  async (t) => {
    const later = COUNTERS.replace('60          0', '60         99').replace('4938', '9938')
    for (const [first, second] of [
      [COUNTERS, later],
      [later, COUNTERS],
    ] as const) {
      const found = await both(t, {
        'interrupts.1': first,
        'interrupts.2': second,
        'affinity.txt': GREP,
        lscpu: LSCPU,
      })
      t.match(
        found.irqs.find(({ number }) => number === 24),
        { fired: { total: 99 } },
      )
      t.equal(found.seen.elapsedSeconds, undefined)
      t.match(
        found.findings.find(({ irq }) => irq === 25)?.sentence,
        /no interrupt between the two readings of its counter, and it moves at its next one/,
      )
    }
  },
)

await t.test('trees and other spellings of the masks', async (t) => {
  const rest = { interrupts: COUNTERS, lscpu: LSCPU }
  for (const [what, texts] of Object.entries({
    'a tree of /proc/irq': {
      'irq/24/smp_affinity_list': '0\n',
      'irq/25/smp_affinity_list': '1\n',
      'irq/25/effective_affinity_list': '0\n',
    },
    'folders of numbers': {
      '24/smp_affinity': '1\n',
      '25/smp_affinity': '2\n',
      '25/effective_affinity': '1\n',
    },
    'a file an irq': {
      irq24_smp_affinity_list: '0\n',
      'irq25_smp_affinity_list.txt': '1\n',
      '25-effective_affinity_list': '0\n',
    },
    'a machine without its name': {
      'proc/irq/25/smp_affinity': '2\n',
      'proc/irq/25/effective_affinity': '1\n',
      'proc/irq/24/smp_affinity': '1\n',
    },
    'tail -n +1': {
      'masks.txt':
        '==> /proc/irq/24/smp_affinity <==\n1\n\n==> /proc/irq/25/smp_affinity <==\n2\n\n==> /proc/irq/25/effective_affinity <==\n1\n',
    },
  } satisfies Record<string, Texts>)) {
    const found = await both(t, { ...rest, ...texts })
    t.equal(maskOf(found, 24), '0', what)
    t.ok(names(found).includes('pending-and-quiet 25'), what)
  }
})

await t.test('a session of crash(8)', async (t) => {
  const session = `
      KERNEL: /usr/lib/debug/vmlinux
    DUMPFILE: dump.0001
        CPUS: 2
        DATE: Mon Nov 23 01:58:24 UTC 2026
    NODENAME: customer
     RELEASE: 6.1.0-56-amd64
     VERSION: #1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)

crash> irq -a
IRQ NAME                 AFFINITY
  4 ttyS0                0-1
 24 virtio1-input.0      0
 25 virtio1-output.0     1
crash> irq -s
           CPU0       CPU1 
  4:         10          0  IO-APIC-edge     ttyS0
 24:         60          0  PCI-MSI-edge     virtio1-input.0
 25:          0          0  PCI-MSI-edge     virtio1-output.0
crash> irq
     IRQ   IRQ_DESC/_DATA      IRQACTION      NAME
     25   ffff88003787f780  ffff8800379a8b40  "virtio1-output.0"
crash> quit
`
  const found = await both(t, { 'crash.txt': session })
  t.equal(found.seen.releaseText, '6.1.0-56-amd64')
  t.equal(maskOf(found, 25), '1')
  t.match(
    found.irqs.find(({ number }) => number === 24),
    {
      chip: 'PCI-MSI',
      flow: 'edge',
      action: 'virtio1-input.0',
      behaviour: { kind: 'deferred' },
      counts: { total: 60 },
    },
  )
  t.same(names(found), ['no-remapping'], 'whether a request waits it cannot tell, and we do not')
  t.match(
    found.seen.unread.join('\n'),
    /effective_affinity_list: not there[\s\S]*requests that wait: crash\(8\) shows the mask that was made last/,
  )
  t.notMatch(JSON.stringify(found.seen), /customer/)
  const parts = session.split(/^crash> .*$/m)
  const loose = await both(t, {
    'irq-a': parts[1] ?? '',
    'irq-s': parts[2] ?? '',
    'crash-sys': parts[0] ?? '',
  })
  t.equal(maskOf(loose, 24), '0')
})

await t.test('nothing that we know', async (t) => {
  const dir = t.testdir({ case: { 'notes.md': 'hello\n', 'picture.png': '\u0000\u0001' } })
  t.match(
    await looked('folder', join(dir, 'case')),
    /there is no manifest\.json, so this is no capture of irqlab/,
  )
})
