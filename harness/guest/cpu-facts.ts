/** Which CPUs has this guest, how are they arranged, and what do they call themselves? As its kernel shows it. */
import { Trouble } from '../base/errors.ts'
import { CpuMask } from '../irq/cpu-mask.ts'

/** The CPUs of a guest as its kernel sees them. */
export interface CpuFacts {
  /** CPUs that there can be: the width of every mask (nr_cpu_ids). */
  readonly possible: CpuMask
  /** The CPUs of each NUMA node, by its number; one node where the kernel shows none. */
  readonly nodes: readonly CpuMask[]
  /** isolcpus=domain; empty where there are none. */
  readonly isolated: CpuMask
  /** nohz_full=; empty where there are none, undefined where the kernel has no such thing (CONFIG_NO_HZ_FULL). */
  readonly tickless: CpuMask | undefined
  /** What new irqs start with: default_smp_affinity. */
  readonly irqDefault: CpuMask
  /** How interrupts are sent, in the kernel's words, such as `cluster x2apic`; undefined where its log does not say. */
  readonly apicRouting: string | undefined
}

/** The kernel names it only where it changes its mind (arch/x86/kernel/apic/probe_64.c: "Switched APIC routing to"). */
const UNCHANGED_ROUTING = 'unchanged'

/** Shell text of builtins: it is part of every run. */
export const CPU_FACTS_COMMAND = [
  'd=/sys/devices/system',
  'for f in possible isolated nohz_full; do v=absent; [ ! -r $d/cpu/$f ] || { v=; read -r v <$d/cpu/$f; }; echo "cpus $f=$v"; done',
  // By the links: the file cpulist ends at its first byte for a shell, which reads byte by byte (lib/cpumask.c, seen on 6.1).
  'for n in $d/node/node[0-9]*; do [ ! -e $n ] || { v=; for c in $n/cpu[0-9]*; do [ ! -e $c ] || v="$v,${c##*/cpu}"; done; echo "node ${n##*node}=${v#,}"; }; done',
  'read -r v </proc/irq/default_smp_affinity; echo "irqs start=$v"',
].join('\n')

/** Shell text for the machines that ask how interrupts are sent: only the log says so. */
export const APIC_LOG_COMMAND = "dmesg | grep -ie 'Linux version' -e 'APIC routing to'"

/** What the command printed. Throws `Trouble` when it cannot be understood. */
export function parseCpuFacts(output: string): CpuFacts {
  const possible = listOf(output, 'possible')
  const start = /^irqs start=([0-9a-f,]+)$/m.exec(output)?.[1]
  if (possible === undefined || possible.isEmpty || start === undefined)
    throw new Trouble('guest.inventory', `The guest does not say what CPUs it has: ${output.slice(0, 200)}`)
  const nodes = [...output.matchAll(/^node (\d+)=(.*)$/gm)]
    .map(([, node, list = '']) => ({ node: Number(node), cpus: CpuMask.fromListOrEmpty(list) }))
    .toSorted((a, b) => a.node - b.node)
    .map(({ cpus }) => cpus)
  return {
    possible,
    nodes: nodes.length > 0 ? nodes : [possible],
    isolated: listOf(output, 'isolated') ?? CpuMask.of(),
    // A kernel that was told of none prints "(null)" (drivers/base/cpu.c:print_cpus_nohz_full, up to 7.2).
    tickless: listOf(output, 'nohz_full'),
    irqDefault: CpuMask.fromHex(start, 'default_smp_affinity'),
    apicRouting: routingIn(output),
  }
}

function listOf(output: string, name: string): CpuMask | undefined {
  const text = new RegExp(`^cpus ${name}=(.*)$`, 'm').exec(output)?.[1]
  if (text === undefined || text === 'absent') return undefined
  return CpuMask.fromListOrEmpty(text.replace('(null)', '').trim(), `cpu/${name}`)
}

function routingIn(output: string): string | undefined {
  const named = [...output.matchAll(/APIC routing to:? ([a-z0-9 ]+?)\.?$/gim)].map(([, name]) => name)
  // A log whose beginning is gone may have lost the other line as well.
  return named.at(-1) ?? (output.includes('Linux version') ? UNCHANGED_ROUTING : undefined)
}
