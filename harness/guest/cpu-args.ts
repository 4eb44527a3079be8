/** QEMU's words for the CPUs of a machine, their local APICs and its IOMMU. Pure. */
import { nodesOf, possibleCpuCount } from './machine-cpus.ts'
import type { Machine } from './machine.ts'

/** What the words for the accelerator depend on. */
export interface AcceleratorChoice {
  readonly accel: 'kvm' | 'tcg'
  /** Of QEMU. */
  readonly majorVersion: number
  readonly machine: Pick<Machine, 'remapping' | 'apic' | 'splitIrqchip'>
}

/** The board, the accelerator and the CPU model. */
export function acceleratorArgs({ accel, majorVersion, machine }: AcceleratorChoice): readonly string[] {
  const { apic, remapping, splitIrqchip } = machine
  const x2apic = { default: '', xapic: ',-x2apic', x2apic: ',+x2apic' }[apic]
  // Interrupt remapping under KVM needs the IO-APIC in user space.
  const split = remapping !== 'none' || splitIrqchip ? ',kernel-irqchip=split' : ''
  if (accel === 'kvm') return ['-machine', `q35${split}`, '-accel', 'kvm', '-cpu', `host${x2apic}`]
  // QEMU before 8 corrupts guests with kernels from 6.12 on through cmpxchg16b under TCG (measured).
  const cpu = majorVersion < 8 ? 'max,cx16=off' : 'max'
  return ['-machine', 'q35', '-accel', 'tcg,thread=multi', '-cpu', `${cpu}${x2apic}`]
}

/** Whatever is left out QEMU chooses: one socket of single-threaded cores. */
export function smpArgs(machine: Machine): readonly string[] {
  const { cpus, spareCpus, sockets, threads } = machine
  if (spareCpus === 0 && sockets === 1 && threads === 1) return ['-smp', String(cpus)]
  const possible = possibleCpuCount(machine)
  const cores = possible / sockets / threads
  return ['-smp', `${cpus},maxcpus=${possible},sockets=${sockets},cores=${cores},threads=${threads}`]
}

/** A node needs memory of its own: QEMU shares it out no more (5.2 and later). */
export function numaArgs(machine: Machine): readonly string[] {
  const { nodes, memoryMib } = machine
  if (nodes === 1) return []
  return nodesOf(machine).flatMap((cpus, node) => [
    '-object',
    `memory-backend-ram,id=node${node},size=${memoryMib / nodes}M`,
    '-numa',
    `node,nodeid=${node},memdev=node${node},cpus=${cpus.cpus[0] ?? 0}-${cpus.cpus.at(-1) ?? 0}`,
  ])
}

/** Before every other device: QEMU gives the IOMMU only to devices that come after it. */
export function iommuArgs({ remapping, apic }: Pick<Machine, 'remapping' | 'apic'>): readonly string[] {
  // Extended interrupt mode: without it the kernel leaves x2APIC alone. QEMU does not offer it by itself (seen on 10.0).
  const eim = { default: '', xapic: ',eim=off', x2apic: ',eim=on' }[apic]
  if (remapping === 'intel') return ['-device', `intel-iommu,intremap=on${eim}`]
  return remapping === 'amd' ? ['-device', 'amd-iommu,intremap=on'] : []
}

/** The words of the kernel's command line that start CPUs and set them apart, none for a machine without such CPUs. */
export function cpuWords({
  startedCpus,
  isolatedCpus,
  ticklessCpus,
  irqAffinity,
}: Machine): readonly string[] {
  return [
    ...(startedCpus === undefined ? [] : [`maxcpus=${startedCpus}`]),
    ...(isolatedCpus === '' ? [] : [`isolcpus=managed_irq,domain,${isolatedCpus}`]),
    ...(ticklessCpus === '' ? [] : [`nohz_full=${ticklessCpus}`]),
    ...(irqAffinity === '' ? [] : [`irqaffinity=${irqAffinity}`]),
  ]
}
