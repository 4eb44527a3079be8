/** What was seen of a machine: two samples of each irq, and what around them decides where interrupts go. */
import type { CpuMask } from '../irq/cpu-mask.ts'
import type { CpuCounts } from '../irq/interrupt-counts.ts'
import type { CaptureSource } from './capture.ts'
import type { KernelRelease } from '../irq/kernel-release.ts'

/** A value of the first sample and of the second; absent is not read, never zero. */
export interface Sampled<T> {
  readonly first: T | undefined
  readonly second: T | undefined
}

/** The PCI device behind an irq. */
export interface IrqDevice {
  /** `0000:00:03.0` */
  readonly address: string
  /** `1af4:1041` */
  readonly ids: string | undefined
  readonly driver: string | undefined
  /** Its network interface, where it has one. */
  readonly interface: string | undefined
}

/** One irq in two samples. */
export interface ObservedIrq {
  readonly number: number
  /** Names of its handlers; empty when it has none, or they could not be read. */
  readonly action: string
  /** Name of its irqchip; empty when it has none. */
  readonly chip: string
  /** `edge` or `fasteoi`, where /proc/interrupts says so. */
  readonly flow: string | undefined
  /** smp_affinity_list: the mask that was asked for last. */
  readonly requested: Sampled<CpuMask>
  readonly effective: Sampled<CpuMask>
  /** Interrupts counted so far, at the second sample or the only one. */
  readonly counts: CpuCounts | undefined
  /** Interrupts on all CPUs so far, as /proc/stat told at another moment: a sosreport's second look at the counters. */
  readonly recounted: number | undefined
  /** Interrupts between the samples; undefined where one sample is missing or is of another irq. */
  readonly fired: CpuCounts | undefined
  /** affinity_hint, where the driver gives one. */
  readonly hint: CpuMask | undefined
  /** User space may not write its mask: the mode of the file says so since 6.12. */
  readonly isFixed: boolean
  /** Where debugfs could be read; the pending bit of the second sample. */
  readonly debug: { readonly pending: boolean; readonly managed: boolean } | undefined
  readonly device: IrqDevice | undefined
}

/** How the CPUs are set up. A set is undefined where its file was not there. */
export interface ObservedCpus {
  readonly online: Sampled<CpuMask>
  readonly possible: CpuMask | undefined
  /** isolcpus= and nohz_full=. */
  readonly isolated: CpuMask
  /** What else the kernel's command line says of CPUs and interrupts, as `irqaffinity=0-1`. */
  readonly words: readonly string[]
  /** Of each NUMA node, in their order; empty where none was read. */
  readonly nodes: readonly CpuMask[]
  /** How many sockets there are; undefined where it was not read. */
  readonly sockets: number | undefined
}

/** A CPU that went offline since boot, as the kernel's log tells. */
export interface GoneOffline {
  readonly cpu: number
  /** The CPUs that were left. */
  readonly left: CpuMask
  /** The line. */
  readonly line: string
}

/** A write of a mask that somebody set up to be made at boot or at times. */
export interface MaskWriter {
  /** `etc/rc.local` */
  readonly file: string
  /** Where it spells them out: the irq, and what it writes. */
  readonly write: { readonly irq: number; readonly mask: CpuMask } | undefined
}

/** Everything that a diagnosis judges. */
export interface Observed {
  /** What the capture was made from. */
  readonly source: CaptureSource
  readonly takenAt: string
  readonly release: KernelRelease | undefined
  /** As read, also where it could not be understood. */
  readonly releaseText: string | undefined
  /** What /proc/version says behind the release: `#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-10-01)`. */
  readonly buildText: string | undefined
  /** Between the counters of the two samples; undefined with only one. */
  readonly elapsedSeconds: number | undefined
  /** From the reading of the counters to that of /proc/stat, negative when that came first; undefined where it is not known. */
  readonly recountSeconds: number | undefined
  readonly cpus: ObservedCpus
  /** Ascending. */
  readonly irqs: readonly ObservedIrq[]
  readonly defaultMask: CpuMask | undefined
  /** The firmware describes an IOMMU: its table's name, DMAR or IVRS. */
  readonly iommuTable: string | undefined
  /** Programs that write masks, by name, and their process numbers. */
  readonly balancers: readonly { readonly name: string; readonly pids: readonly number[] }[]
  /** Units and scripts that write masks, too. */
  readonly writers: readonly MaskWriter[]
  /** Of the balancers: their settings, `file:line`. */
  readonly settings: readonly string[]
  /** The kernel's log about interrupts and CPUs; undefined where it could not be read. */
  readonly log: readonly string[] | undefined
  readonly wentOffline: readonly GoneOffline[]
  /** Vectors that each online CPU has left, from debugfs; undefined where that could not be read. */
  readonly vectorsLeft: ReadonlyMap<number, number> | undefined
  /** What is wrong with the capture itself. */
  readonly defects: readonly string[]
  readonly unread: readonly string[]
}
