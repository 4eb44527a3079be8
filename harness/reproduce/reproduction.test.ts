/** Does every finding that can be made give a scenario that loads, on a machine that can be, and is a large machine scaled so that what matters is kept? */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import t from 'tap'
import { loadScenario } from '../campaign/worker.ts'
import { diagnose } from '../diagnose/diagnose.ts'
import { doctoredCapture, type DoctoredMachine } from '../diagnose/doctored-capture-fixture.ts'
import { findingCases } from '../diagnose/finding-cases-fixture.ts'
import { observe } from '../diagnose/observe.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { KernelChoice } from './kernel-choice.ts'
import { type Reproduction, reproductionOf, type Wish } from './reproduction.ts'
import { symptomKind } from './symptom.ts'
import { likenessLines, soughtLines } from './words.ts'

const dir = mkdtempSync(join(tmpdir(), 'irqlab-reproduce-'))
t.teardown(() => rmSync(dir, { recursive: true }))
const door = relative(dir, resolve(import.meta.dirname, '../index.ts'))
const kernel: KernelChoice = { kernel: 'debian:6.12', closeness: 'same', sentence: 'the same' }
const anything: Wish = { irqs: [] }

function made(machine: DoctoredMachine, wish: Wish = anything, flavour = ''): Reproduction {
  return reproductionOf(diagnose(observe(doctoredCapture(machine))), wish, {
    ...kernel,
    kernel: kernel.kernel + flavour,
  })
}

let files = 0
async function loaded(reproduction: Reproduction): Promise<Scenario> {
  const file = join(dir, `${++files}.ts`)
  writeFileSync(file, reproduction.textFor(door))
  return loadScenario(file)
}

await t.test(
  'every finding that can be made gives a scenario that loads, and the same one again',
  async (t) => {
    for (const { what, machine, finds } of findingCases) {
      const reproduction = made(machine)
      t.equal(reproduction.textFor(door), made(machine).textFor(door), `${what}: the same text again`)
      const scenario = await loaded(reproduction)
      t.equal(scenario.name, `reproduced-${reproduction.symptom}`)
      t.match(scenario.question, /\?$/)
      const able = finds
        .map((name) => name.split(' ')[0])
        .find((name) => symptomKind(name as never) !== undefined)
      t.equal(reproduction.symptom, able ?? 'general', what)
      t.ok(likenessLines(reproduction).length > 8)
      t.match(soughtLines(reproduction)[0], `symptom: ${reproduction.symptom}`)
    }
  },
)

await t.test(
  'a suspicion is asked of the CPU that went offline, on the likeness of the machine',
  async (t) => {
    const log = [
      '[ 10.1] smpboot: CPU 2 is now offline',
      '[ 20.1] smpboot: Booting Node 0 Processor 2 APIC 0x2',
    ]
    const leak = made({ log }, { irqs: [], suspicion: 'vector-leak' })
    t.match(await loaded(leak), { name: 'reproduced-vector-leak', machine: { devices: ['virtio-serial'] } })
    t.match(leak.textFor(door), /const old = CpuMask\.of\(2\)\n.*const next = CpuMask\.of\(0\)/)
    t.same(leak.sought.violated, ['given-back'])
    const stale = made(
      { irqs: { 3: { action: 'ttyS1', chip: 'IO-APIC', requested: '3', effective: '1' } } },
      { irqs: [3], suspicion: 'stale-request' },
    )
    t.match(await loaded(stale), { name: 'reproduced-stale-request', machine: { devices: ['ttyS1'] } })
    t.match(
      stale.textFor(door),
      /line\.irq\.request\(CpuMask\.of\(1\)\)[^]*line\.irq\.request\(CpuMask\.of\(3\)\)\n.*close/,
    )
  },
)

await t.test('a hostile capture cannot end a comment or a string of the file', async (t) => {
  const evil = '*/ process.exit(7) /* \' " ` ${1} \u2028'
  const reproduction = made({
    release: '6.12.107-amd64',
    irqs: { 24: { action: evil, requested: '2', effective: '0' } },
    words: [`isolcpus=${evil}`, 'irqaffinity=$(reboot)', 'rcu_nocbs=1;x'],
  })
  t.equal((await loaded(reproduction)).name, 'reproduced-pending-and-quiet')
})

const many = Array.from({ length: 512 }, (_, cpu) => cpu)

await t.test(
  '512 CPUs on four nodes: what is in the masks is here, and each mask is what it was among them',
  async (t) => {
    const machine: DoctoredMachine = {
      possible: '0-511',
      online: '0-511',
      host: [0, 1, 2, 3].map(
        (node) => `sys/devices/system/node/node${node}/cpulist:${128 * node}-${128 * node + 127}`,
      ),
      isolated: '384-511',
      words: [
        'isolcpus=managed_irq,domain,384-511',
        'nohz_full=384-511',
        'irqaffinity=0-127',
        'threadirqs',
        'pci=noaer',
      ],
      irqs: { 24: { action: 'mlx5_comp17@pci:0000:3b:00.0', requested: '130-140', effective: '300' } },
    }
    const reproduction = made(machine, { irqs: [24] })
    const { cpus, likeness, asked } = reproduction
    t.equal(reproduction.symptom, 'pending-and-quiet')
    t.ok(cpus.ours.length <= 16, `${cpus.ours.length} CPUs`)
    t.equal(cpus.nodes, 4)
    const [first] = asked
    t.equal(cpus.ours[first?.was.only() ?? 0]?.theirs, 300, 'the CPU that it was on has one of its own')
    t.notOk(first?.mask.isEmpty)
    t.ok(
      first?.mask.cpus.every(
        (cpu) => (cpus.ours[cpu]?.theirs ?? 0) >= 130 && (cpus.ours[cpu]?.theirs ?? 0) <= 140,
      ),
    )
    t.notOk(first?.was.isSubsetOf(first.mask), 'it waits here too')
    t.same(
      cpus.ours.map(({ theirs = -1 }) => Math.floor(theirs / 128)),
      cpus.ours.map((_, at) => Math.floor(at / (cpus.ours.length / 4))),
      'each node has its share, in order',
    )
    t.ok(
      cpus.ours.every(({ theirs = 0 }, at) => at === 0 || theirs > (cpus.ours[at - 1]?.theirs ?? -1)),
      'in their order',
    )
    const standing = cpus.ours.flatMap(({ standsFor }) => standsFor.cpus).toSorted((a, b) => a - b)
    t.same(standing, many, 'every CPU of theirs has one that stands for it')
    const { isolatedCpus, ticklessCpus, irqAffinity, nodes, sockets, append } = (await loaded(reproduction))
      .machine
    t.equal(isolatedCpus, cpus.map(maskOf(384, 511)).toList())
    t.equal(ticklessCpus, isolatedCpus)
    t.equal(irqAffinity, cpus.map(maskOf(0, 127)).toList())
    t.equal(nodes, 4)
    t.equal(sockets, 4, 'a node in each')
    t.equal(append, 'threadirqs')
    t.match(
      likeness.rows.find(({ what }) => what === 'kernel command line, the rest'),
      { theirs: 'pci=noaer', carried: 'left out' },
    )
  },
)

await t.test('remapping on and off, and the irqs that say so', async (t) => {
  const chip = 'IR-PCI-MSIX-0000:00:03.0'
  const amd = {
    irqs: { 24: { chip, requested: '2', effective: '0' } },
    links: ['sys/firmware/acpi/tables/IVRS'],
  }
  const on = made(amd)
  t.equal(on.symptom, 'pending-though-remapped')
  t.match(await loaded(on), {
    machine: { remapping: 'intel' },
    needs: ['effective_affinity', 'the pending bit', 'interrupt remapping'],
  })
  t.match(
    on.likeness.rows.find(({ what }) => what === 'interrupt remapping'),
    { carried: 'played', why: /AMD/ },
  )
  const generic = made(amd, anything, ',flavour=amd64')
  t.match(await loaded(generic), { machine: { remapping: 'amd' } })
  t.match(
    generic.likeness.rows.find(({ what }) => what === 'interrupt remapping'),
    { carried: 'kept', ours: /AMD IOMMU/, why: '' },
  )
  const off = made({ irqs: { 24: { requested: '2', effective: '0' } } })
  t.match(await loaded(off), { machine: { remapping: 'none' } })
})

await t.test('which irq here stands for which irq there', (t) => {
  const standIns = (irq: object, wish: Wish = { irqs: [24] }, more: DoctoredMachine = {}) =>
    made({ ...more, irqs: { 24: { requested: '2', effective: '0', ...irq } } }, wish).asked.map(
      ({ subject }) => subject.standIn,
    )
  t.same(standIns({ action: 'virtio3-input.2' }), [{ kind: 'rx', queue: 2 }])
  t.same(standIns({ action: 'eth0-TxRx-63' }), [{ kind: 'rx', queue: 0 }])
  t.same(standIns({ action: 'ahci[0000:00:1f.2]' }), [{ kind: 'device', device: 'ahci' }])
  t.same(standIns({ action: 'xhci_hcd' }), [{ kind: 'device', device: 'virtio-serial' }])
  t.same(standIns({ action: 'ttyS0', chip: 'IO-APIC' }), [{ kind: 'device', device: 'ttyS1' }])
  t.same(
    standIns(
      { action: 'eth0-TxRx-0', hint: '8', requested: '0' },
      { irqs: [24], finding: 'hint-against-mask' },
    ),
    [{ kind: 'rx', queue: 3 }],
    'the queue whose hint is here as it was there',
  )
  t.same(
    standIns({ action: 'eth0-TxRx-1', requested: '0,3', effective: '0' }, { irqs: [24] }, { online: '0-2' }),
    [{ kind: 'device', device: 'virtio-serial' }],
    'virtio-net would write masks of its own when a CPU goes',
  )
  t.end()
})

await t.test('what the capture has not cannot be asked for', (t) => {
  const machine: DoctoredMachine = { irqs: { 24: { requested: '2', effective: '0' } } }
  t.throws(() => made(machine, { irqs: [99] }), /--irq 99: the capture has no such irq/)
  t.throws(
    () => made(machine, { irqs: [], finding: 'affinity-broken' }),
    /it has pending-and-quiet, no-remapping/,
  )
  t.throws(() => made(machine, { irqs: [], finding: 'no-remapping' }), /no acts are known that lead there/)
  t.throws(() => made(machine, { irqs: [25], finding: 'pending-and-quiet' }), /on other irqs/)
  t.equal(made(machine, { irqs: [25] }).symptom, 'general')
  t.end()
})

function maskOf(first: number, last: number) {
  const { online } = observe(doctoredCapture({ possible: '0-511', online: `${first}-${last}` })).cpus
  if (online.second === undefined) throw new Error('no CPUs')
  return online.second
}
