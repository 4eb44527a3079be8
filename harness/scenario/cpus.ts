/** What a scenario can do to the CPUs of its guest. */
import type { CpuMask } from '../irq/cpu-mask.ts'

/** The CPUs of the guest. What is not undone by the scenario is undone when its body ends. */
export interface Cpus {
  /** Takes a CPU offline; the kernel moves its irqs away before this returns. Not CPU 0: x86 refuses that. */
  offline(cpu: number): Promise<void>
  online(cpu: number): Promise<void>
  /** Those that are offline now, by these acts. */
  readonly gone: CpuMask
}
