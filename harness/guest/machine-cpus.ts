/** How are the CPUs of a machine arranged? Pure: QEMU's words, the checks of a machine and the tests of a guest use it. */
import { CpuMask } from '../irq/cpu-mask.ts'
import type { Machine } from './machine.ts'

/** What of a machine arranges its CPUs. */
export type CpuLayout = Pick<Machine, 'cpus' | 'spareCpus' | 'sockets' | 'threads' | 'nodes'>

/** CPUs that there can be: those of the boot, and those that can be added. */
export function possibleCpuCount({ cpus, spareCpus }: Pick<CpuLayout, 'cpus' | 'spareCpus'>): number {
  return cpus + spareCpus
}

/** CPUs that are online when the guest is up. */
export function startedCpuCount({ cpus, startedCpus }: Pick<Machine, 'cpus' | 'startedCpus'>): number {
  return startedCpus ?? cpus
}

/** The possible CPUs of each NUMA node, in order. `nodes` must divide them. */
export function nodesOf(layout: CpuLayout): readonly CpuMask[] {
  const each = possibleCpuCount(layout) / layout.nodes
  return Array.from({ length: layout.nodes }, (_, node) =>
    CpuMask.of(...Array.from({ length: each }, (_cpu, at) => node * each + at)),
  )
}

/** The highest APIC ID: each level of the topology takes whole bits (hw/i386 of QEMU: apicid_from_topo_ids). */
export function highestApicId(layout: CpuLayout): number {
  const { sockets, threads } = layout
  const cores = possibleCpuCount(layout) / sockets / threads
  const threadBits = bitsFor(threads)
  const coreBits = bitsFor(cores)
  return ((sockets - 1) << (coreBits + threadBits)) | ((cores - 1) << threadBits) | (threads - 1)
}

function bitsFor(count: number): number {
  return Math.ceil(Math.log2(count))
}
