import t from 'tap'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { CpuFacts } from './cpu-facts.ts'
import { type Machine, machineOf, type MachineRequest } from './machine.ts'
import { demandMachine as demandWithChips } from './machine-shortfall.ts'

const FOUR = CpuMask.of(0, 1, 2, 3)
const PLAIN: CpuFacts = {
  possible: FOUR,
  nodes: [FOUR],
  isolated: CpuMask.of(),
  tickless: CpuMask.of(),
  irqDefault: FOUR,
  apicRouting: 'unchanged',
}

const demandMachine = (machine: Machine, facts: CpuFacts, chip = 'IR-PCI-MSI') =>
  demandWithChips(machine, facts, [chip, chip])

/** What a guest must show for each machine, and what a kernel without it says. */
const CASES: readonly {
  readonly machine: string
  readonly shows: Partial<CpuFacts>
  readonly need: string
  readonly why: RegExp
}[] = [
  {
    machine: 'hotpluggable',
    shows: { possible: CpuMask.of(0, 1, 2, 3, 4, 5) },
    need: 'places for more CPUs',
    why: /of 6 CPUs this kernel keeps places for 0-3 \(CONFIG_ACPI_HOTPLUG_CPU; from 6\.12 on .*\)$/,
  },
  {
    machine: 'numa',
    shows: { nodes: [CpuMask.of(0, 1), CpuMask.of(2, 3)] },
    need: '2 NUMA nodes',
    why: /this kernel shows 1, with CPUs 0-3 \(CONFIG_NUMA\)$/,
  },
  {
    machine: 'x2apic',
    shows: { apicRouting: 'cluster x2apic' },
    need: 'x2APIC mode',
    why: /this kernel sends interrupts by unchanged routing \(CONFIG_X86_X2APIC\)$/,
  },
  {
    machine: 'isolated',
    shows: { isolated: CpuMask.of(2, 3), irqDefault: CpuMask.of(0, 1) },
    need: 'isolated CPUs',
    why: /2-3 was asked for, and this kernel shows none \(CONFIG_CPU_ISOLATION\)$/,
  },
]

await t.test('a guest that shows what its machine says is right, another one is a skip', async (t) => {
  for (const { machine, shows, need, why } of CASES) {
    t.doesNotThrow(() => demandMachine(machineOf(machine), { ...PLAIN, ...shows }), machine)
    t.throws(
      () => demandMachine(machineOf(machine), PLAIN),
      { name: 'NotApplicable', need, message: why },
      machine,
    )
  }
})

await t.test('each fact counts by itself', async (t) => {
  const tickless = {
    ...PLAIN,
    isolated: CpuMask.of(2, 3),
    tickless: CpuMask.of(2, 3),
    irqDefault: CpuMask.of(0, 1),
  }
  const machine = machineOf('tickless')
  t.doesNotThrow(() => demandMachine(machine, tickless))
  t.throws(() => demandMachine(machine, { ...tickless, tickless: undefined }), {
    need: 'tickless CPUs',
    message: /shows none/,
  })
  t.throws(() => demandMachine(machine, { ...tickless, tickless: CpuMask.of(3) }), {
    message: /2-3 .* shows 3 /,
  })
  t.throws(() => demandMachine(machine, { ...tickless, irqDefault: FOUR }), {
    name: 'NotApplicable',
    need: 'a default affinity of irqs',
  })
  const swapped = { ...PLAIN, nodes: [CpuMask.of(2, 3), CpuMask.of(0, 1)] }
  t.throws(() => demandMachine(machineOf('numa'), swapped), { name: 'NotApplicable', need: '2 NUMA nodes' })
})

await t.test('xAPIC mode must be kept, and a log that does not say proves neither', async (t) => {
  t.doesNotThrow(() => demandMachine(machineOf('xapic'), { ...PLAIN, apicRouting: 'physical flat' }))
  const on = { ...PLAIN, apicRouting: 'cluster x2apic' }
  t.throws(() => demandMachine(machineOf('xapic'), on), { name: 'NotApplicable', need: 'xAPIC mode' })
  for (const name of ['xapic', 'x2apic'])
    t.throws(() => demandMachine(machineOf(name), { ...PLAIN, apicRouting: undefined }), {
      message: /log does not say/,
    })
})

await t.test('nodes with places for more CPUs are shown without these', async (t) => {
  const request: MachineRequest = { name: 'mine', spareCpus: 4, nodes: 2 }
  const possible = CpuMask.of(0, 1, 2, 3, 4, 5, 6, 7)
  t.doesNotThrow(() => demandMachine(machineOf(request), { ...PLAIN, possible, nodes: [FOUR, CpuMask.of()] }))
})

await t.test('of a machine that only QEMU makes nothing is asked', async (t) => {
  const odd = { ...PLAIN, nodes: [], isolated: CpuMask.of(1), irqDefault: CpuMask.of(0) }
  for (const name of ['plain', 'remapped', 'two-cpus', 'vhost'])
    t.doesNotThrow(() => demandMachine(machineOf(name), odd))
})

await t.test('a machine whose interrupts are remapped has no other ones', async (t) => {
  for (const [name, option] of [
    ['remapped', 'CONFIG_INTEL_IOMMU'],
    ['remapped-amd', 'CONFIG_AMD_IOMMU'],
  ] as const) {
    t.doesNotThrow(() => demandMachine(machineOf(name), PLAIN))
    t.throws(() => demandWithChips(machineOf(name), PLAIN, ['IR-PCI-MSI', 'PCI-MSI']), {
      name: 'NotApplicable',
      need: 'interrupt remapping',
      message: new RegExp(`go through PCI-MSI \\(${option}, CONFIG_IRQ_REMAP\\)$`),
    })
  }
  t.doesNotThrow(() => demandMachine(machineOf('plain'), PLAIN, 'PCI-MSI'))
})
