import t from 'tap'
import { type CpuFacts, parseCpuFacts } from './cpu-facts.ts'

/** As the commands print it in a guest of the machine `numa` on 6.1. */
const OUTPUT = [
  'cpus possible=0-3',
  'cpus isolated=',
  'cpus nohz_full=(null)',
  'node 1=2,3',
  'node 0=0,1',
  'irqs start=f',
  '',
].join('\n')
const START = '[    0.000000] Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org)\n'

function told(facts: CpuFacts) {
  const { possible, nodes, isolated, tickless, irqDefault, apicRouting } = facts
  return {
    possible: possible.toList(),
    nodes: nodes.map((cpus) => cpus.toList()),
    isolated: isolated.toList(),
    tickless: tickless?.toList(),
    irqDefault: irqDefault.toList(),
    apicRouting,
  }
}

await t.test('reads what the guest tells of its CPUs', async (t) => {
  t.same(told(parseCpuFacts(OUTPUT)), {
    possible: '0-3',
    nodes: ['0-1', '2-3'],
    isolated: '',
    tickless: '',
    irqDefault: '0-3',
    apicRouting: undefined,
  })
})

await t.test('a kernel without nodes has one, and one without nohz_full= says so', async (t) => {
  const output = 'cpus possible=0-63\ncpus isolated=2-3\ncpus nohz_full=absent\nirqs start=ff,00000003\n'
  t.same(told(parseCpuFacts(output)), {
    possible: '0-63',
    nodes: ['0-63'],
    isolated: '2-3',
    tickless: undefined,
    irqDefault: '0-1,32-39',
    apicRouting: undefined,
  })
})

await t.test('a spare node has no CPUs yet', async (t) => {
  t.same(told(parseCpuFacts(`${OUTPUT}node 2=\n`)).nodes, ['0-1', '2-3', ''])
})

await t.test('the last word of the log on the routing counts, in the words of all kernels', async (t) => {
  const routing = (log: string) => parseCpuFacts(OUTPUT + log).apicRouting
  t.equal(routing(`${START}[    0.204401] Switched APIC routing to cluster x2apic.\n`), 'cluster x2apic')
  t.equal(
    routing(`${START}[    0.193641] APIC: Switched APIC routing to: cluster x2apic\n`),
    'cluster x2apic',
  )
  const twice =
    '[    0.1] Setting APIC routing to cluster x2apic.\n[    0.2] Switched APIC routing to physical flat.\n'
  t.equal(routing(START + twice), 'physical flat')
  t.equal(routing(START), 'unchanged', 'it is named only where it changes')
  t.equal(
    routing('[    9.1] clocksource: Switched to clocksource hpet\n'),
    undefined,
    'the log has lost its beginning',
  )
})

await t.test('what cannot be understood is no guest without CPUs', async (t) => {
  const error = { name: 'Trouble', stage: 'guest.inventory' }
  t.throws(() => parseCpuFacts(''), error)
  t.throws(() => parseCpuFacts(OUTPUT.replace('possible=0-3', 'possible=')), error)
  t.throws(() => parseCpuFacts(OUTPUT.replace('start=f', 'start=')), error)
  t.throws(() => parseCpuFacts(OUTPUT.replace('0-3', 'zero')), { name: 'MalformedText' })
})
