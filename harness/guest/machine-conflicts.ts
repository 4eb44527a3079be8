/** Which fields of a machine cannot be together? Each answer names a field, its value, and what to give instead. */
import { CpuMask } from '../irq/cpu-mask.ts'
import type { Machine } from './machine.ts'
import { highestApicId, possibleCpuCount, startedCpuCount } from './machine-cpus.ts'

/** Two facts of a machine that exclude each other. */
export interface Conflict {
  /** Below `machine.`, as in `nic.queuePairs`. */
  readonly field: string
  readonly value: unknown
  readonly why: string
  readonly remedy: string
}

/** The local APIC has eight bits for its number, and 255 of them is everybody. */
const APIC_ID_MAX = 254

/** The first conflict, or undefined where the machine can be. */
export function conflictIn(machine: Machine): Conflict | undefined {
  return (
    deviceTwice(machine) ??
    tooManyStarted(machine) ??
    tooManyQueues(machine) ??
    tooManyCpus(machine) ??
    uneven(machine) ??
    cpusOutOfReach(machine) ??
    noX2apic(machine)
  )
}

function deviceTwice({ devices }: Machine): Conflict | undefined {
  if (new Set(devices).size === devices.length) return undefined
  return {
    field: 'devices',
    value: devices,
    why: 'a machine has each of its devices once',
    remedy: 'name it once',
  }
}

function tooManyStarted({ cpus, startedCpus }: Machine): Conflict | undefined {
  if (startedCpus === undefined || startedCpus <= cpus) return undefined
  return {
    field: 'startedCpus',
    value: startedCpus,
    why: `the guest has ${cpus}`,
    remedy: 'give as many or fewer, or more cpus',
  }
}

function tooManyQueues(machine: Machine): Conflict | undefined {
  const { queuePairs } = machine.nic
  const cpus = startedCpuCount(machine)
  if (queuePairs <= cpus) return undefined
  return {
    field: 'nic.queuePairs',
    value: queuePairs,
    why: 'more queue pairs than CPUs: virtio-net would leave some of them unused',
    remedy: `give ${cpus} or fewer, or more cpus`,
  }
}

function tooManyCpus(machine: Machine): Conflict | undefined {
  const { cpus, spareCpus } = machine
  const possible = possibleCpuCount(machine)
  if (possible <= APIC_ID_MAX + 1) return undefined
  return {
    field: 'spareCpus',
    value: spareCpus,
    why: `with ${cpus} CPUs that makes ${possible}, and APIC IDs end at ${APIC_ID_MAX}`,
    remedy: `give ${APIC_ID_MAX + 1 - cpus} or fewer`,
  }
}

function uneven(machine: Machine): Conflict | undefined {
  const { sockets, threads, nodes, memoryMib } = machine
  const possible = possibleCpuCount(machine)
  for (const [field, parts, words] of [
    ['sockets', sockets, 'sockets'],
    ['threads', sockets * threads, 'sockets and threads'],
    ['nodes', nodes, 'NUMA nodes'],
  ] as const) {
    if (possible % parts === 0) continue
    return {
      field,
      value: machine[field],
      why: `${possible} CPUs, spare ones included, cannot be shared equally among ${parts} ${words}`,
      remedy: `make cpus and spareCpus together a multiple of ${parts}`,
    }
  }
  if (memoryMib % nodes !== 0)
    return {
      field: 'memoryMib',
      value: memoryMib,
      why: `it cannot be shared equally among ${nodes} NUMA nodes`,
      remedy: `give a multiple of ${nodes}`,
    }
  const highest = highestApicId(machine)
  if (highest <= APIC_ID_MAX) return undefined
  return {
    field: 'sockets',
    value: sockets,
    why: `the last CPU would have APIC ID ${highest}, and they end at ${APIC_ID_MAX}`,
    remedy: 'make the CPUs of a socket a power of two, or give fewer sockets',
  }
}

/** What a field with a list of CPUs must leave: the first CPU does what no other may do. */
const LISTS = [
  { field: 'isolatedCpus', mayHaveFirst: false },
  { field: 'ticklessCpus', mayHaveFirst: false },
  { field: 'irqAffinity', mayHaveFirst: true },
] as const

function cpusOutOfReach(machine: Machine): Conflict | undefined {
  for (const { field, mayHaveFirst } of LISTS) {
    const value = machine[field]
    const conflict = (why: string, remedy: string): Conflict => ({ field, value, why, remedy })
    if (value === '') continue
    const reversed = value
      .split(',')
      .find((part) => Number(part.split('-')[1] ?? Infinity) < Number.parseInt(part, 10))
    if (reversed !== undefined)
      return conflict(`the range ${reversed} is reversed`, 'put the lower CPU first')
    const last = CpuMask.fromList(value).cpus.at(-1) ?? 0
    const possible = possibleCpuCount(machine)
    if (last >= possible)
      return conflict(`this machine ends at CPU ${possible - 1}`, 'leave the others out, or give more cpus')
    if (!mayHaveFirst && CpuMask.fromList(value).has(0))
      return conflict('CPU 0 keeps the time and does what nobody else does', 'leave CPU 0 out')
    if (mayHaveFirst && (CpuMask.fromList(value).cpus[0] ?? 0) >= startedCpuCount(machine))
      return conflict(
        'none of these CPUs is there when the guest boots',
        `name one below ${startedCpuCount(machine)}`,
      )
  }
  return undefined
}

function noX2apic({ apic, remapping }: Machine): Conflict | undefined {
  if (apic !== 'x2apic' || remapping !== 'amd') return undefined
  return {
    field: 'apic',
    value: apic,
    why: "QEMU's amd-iommu takes x2APIC only from version 9 on, and only when told (xtsup)",
    remedy: "take remapping: 'intel', or apic: 'default'",
  }
}
