/** Did the kernel make of the machine what it says? Where it has no way to, a run on it would have no meaning: a skip. */
import { NotApplicable } from '../base/errors.ts'
import { isRemapped } from '../irq/irqchip.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { CpuFacts } from './cpu-facts.ts'
import { nodesOf, possibleCpuCount, startedCpuCount } from './machine-cpus.ts'
import type { Machine } from './machine.ts'

/** What of a machine its guest must show. */
interface Shortfall {
  readonly need: string
  readonly why: string
}

/** Throws `NotApplicable` for the first thing that the machine has and its guest does not show; `chips`: those of its NIC. */
export function demandMachine(machine: Machine, facts: CpuFacts, chips: readonly string[]): void {
  const [first] = CHECKS.flatMap((check) => check(machine, facts, chips) ?? [])
  if (first !== undefined)
    throw new NotApplicable(first.need, `machine ${machine.name} needs ${first.need}: ${first.why}`)
}

/** What the kernel needs to remap interrupts. */
const REMAPPING = { none: '', intel: 'CONFIG_INTEL_IOMMU', amd: 'CONFIG_AMD_IOMMU' } as const

/**
 * QEMU's table of CPUs marks a place as disabled, and nothing more. Linux 6.12 and 7.3 take that for a place only where they
 * know of a hypervisor (arch/x86/kernel/acpi/boot.c:acpi_is_processor_usable); TCG is none that they know.
 */
const WHY_NO_PLACES =
  "CONFIG_ACPI_HOTPLUG_CPU; from 6.12 on it also has to see a hypervisor that it knows, such as KVM's, and TCG is none"

const CHECKS: readonly ((
  machine: Machine,
  facts: CpuFacts,
  chips: readonly string[],
) => Shortfall | undefined)[] = [
  ({ remapping }, _facts, chips) => {
    const plain = chips.find((chip) => !isRemapped(chip))
    if (remapping === 'none' || plain === undefined) return undefined
    return {
      need: 'interrupt remapping',
      why: `the NIC's irqs go through ${plain} (${REMAPPING[remapping]}, CONFIG_IRQ_REMAP)`,
    }
  },
  ({ cpus, spareCpus }, { possible }) => {
    const wanted = possibleCpuCount({ cpus, spareCpus })
    if (spareCpus === 0 || possible.size >= wanted) return undefined
    const why = `of ${wanted} CPUs this kernel keeps places for ${possible.toList()} (${WHY_NO_PLACES})`
    return { need: 'places for more CPUs', why }
  },
  (machine, { nodes }) => {
    if (machine.nodes === 1) return undefined
    // The kernel lists the CPUs that are online: a node's spare ones are in none.
    const online = CpuMask.of(...Array.from({ length: startedCpuCount(machine) }, (_, cpu) => cpu))
    const wanted = nodesOf(machine).map((cpus) => cpus.intersect(online).toList())
    const shown = nodes.map((cpus) => cpus.toList())
    if (shown.join(' ') === wanted.join(' ')) return undefined
    return {
      need: `${machine.nodes} NUMA nodes`,
      why: `this kernel shows ${shown.length}, with CPUs ${shown.join(' and ')} (CONFIG_NUMA)`,
    }
  },
  ({ apic }, { apicRouting }) => {
    if (apic === 'default') return undefined
    const shown = apicRouting?.endsWith('x2apic') === true ? 'x2apic' : 'xapic'
    if (apicRouting !== undefined && shown === apic) return undefined
    const why =
      apicRouting === undefined
        ? 'its kernel log does not say how interrupts are sent'
        : `this kernel sends interrupts by ${apicRouting} routing (CONFIG_X86_X2APIC)`
    return { need: apic === 'x2apic' ? 'x2APIC mode' : 'xAPIC mode', why }
  },
  ({ isolatedCpus }, { isolated }) =>
    otherwise('isolated CPUs', isolatedCpus, isolated, 'CONFIG_CPU_ISOLATION'),
  ({ ticklessCpus }, { tickless }) => otherwise('tickless CPUs', ticklessCpus, tickless, 'CONFIG_NO_HZ_FULL'),
  ({ irqAffinity }, { irqDefault }) =>
    otherwise('a default affinity of irqs', irqAffinity, irqDefault, 'irqaffinity='),
]

function otherwise(
  need: string,
  wanted: string,
  shown: CpuMask | undefined,
  option: string,
): Shortfall | undefined {
  if (wanted === '' || shown?.equals(CpuMask.fromList(wanted)) === true) return undefined
  const found = shown === undefined || shown.isEmpty ? 'none' : shown.toList()
  return { need, why: `${wanted} was asked for, and this kernel shows ${found} (${option})` }
}
