/** What a scenario can do to the CPUs of its guest, and what it can know of them. */
import type { CpuMask } from '../irq/cpu-mask.ts'

/** The CPUs of the guest. What is not undone by the scenario is undone when its body ends. */
export interface Cpus {
  /** Takes a CPU offline; the kernel moves its irqs away before this returns. Not CPU 0: x86 refuses that. */
  offline(cpu: number): Promise<void>
  online(cpu: number): Promise<void>
  /** Plugs a CPU into a place that the machine keeps free (`spareCpus`), brings it online and gives its number. */
  add(): Promise<number>
  /** Takes a CPU that was added offline, and out of the guest. */
  remove(cpu: number): Promise<void>
}

/** How the CPUs of the guest are arranged. */
export interface CpuArrangement {
  /** All CPUs that there can be: those that can be added are among them. */
  readonly possible: CpuMask
  /** The CPUs of each NUMA node. */
  readonly nodes: readonly CpuMask[]
  /** Those that get no work of their own; empty where there are none. */
  readonly isolated: CpuMask
}
