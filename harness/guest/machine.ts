/** A machine is a guest topology as data: CPUs, memory, queues, vectors, interrupt remapping, devices. */
import { z } from 'zod'
import { UsageError } from '../base/errors.ts'
import { firstIssue } from '../base/first-issue.ts'
import { DEVICE_NAMES, VECTOR_HOGS_MAX } from './device-names.ts'

/** What a scenario may ask for; everything has a default but `name`. */
const machineSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'give it a name of small letters, digits and dashes'),
    /** vCPUs of the guest. */
    cpus: z.int().min(2).max(255).default(4),
    memoryMib: z.int().min(256).max(65_536).default(512),
    /** `intel`: intel-iommu with intremap=on, so that MSI-X vectors are remapped. */
    remapping: z.enum(['none', 'intel']).default('none'),
    /** The NIC under test. */
    nic: z
      .strictObject({
        queuePairs: z.int().min(1).max(64).default(4),
        /** MSI-X vectors: one per rx and tx queue, one for config, one spare, unless said otherwise. */
        vectors: z.int().min(2).optional(),
      })
      .prefault({}),
    /** Devices beside the NIC, each with an irq under test: what a scenario asks for, whatever the machine it runs on. */
    devices: z.array(z.enum(DEVICE_NAMES)).default([]),
    /** Devices that take 64 vectors each when a scenario binds them (vector-hogs.ts): asked for as devices are. */
    vectorHogs: z.int().min(0).max(VECTOR_HOGS_MAX).default(0),
    /** Extra kernel command line. */
    append: z.string().default(''),
  })
  .refine(({ devices }) => new Set(devices).size === devices.length, {
    message: 'a machine has each of its devices once',
    path: ['devices'],
  })
  .refine((machine) => machine.nic.queuePairs <= machine.cpus, {
    message: 'more queue pairs than CPUs: virtio-net would leave some of them unused',
    path: ['nic', 'queuePairs'],
  })

/** A machine as asked for: what is left out takes its default. */
export type MachineRequest = z.input<typeof machineSchema>
/** A machine with nothing left open. */
export type Machine = z.output<typeof machineSchema>

/** The machines that can be named, by name. */
const NAMED_MACHINES: readonly MachineRequest[] = [
  { name: 'plain' },
  { name: 'remapped', remapping: 'intel' },
]

/** Names of all machines that `--machine` knows. */
export function machineNames(): readonly string[] {
  return NAMED_MACHINES.map((machine) => machine.name)
}

/**
 * Fills in the defaults. The name of a machine that is known stands for its whole topology, to which devices can be added.
 * Throws `UsageError` that names the field and the value.
 */
export function machineOf(request: MachineRequest | string): Machine {
  if (typeof request !== 'string') return parseMachine({ ...named(request.name), ...ownFields(request) })
  const found = named(request)
  if (found !== undefined) return parseMachine(found)
  throw new UsageError(`unknown machine ${JSON.stringify(request)}: known are ${machineNames().join(', ')}`)
}

/** The topology of `machine`, with the devices that `asked` has: what `--machine` does to a scenario's own machine. */
export function withDevicesOf(machine: Machine, asked: Machine): Machine {
  const vectorHogs = Math.max(machine.vectorHogs, asked.vectorHogs)
  return { ...machine, devices: [...new Set([...machine.devices, ...asked.devices])], vectorHogs }
}

/** MSI-X vectors of the NIC under test: rx and tx of every pair, config, and one that stays free. */
export function vectorsOf(machine: Machine): number {
  return machine.nic.vectors ?? 2 * machine.nic.queuePairs + 2
}

/** True for what a scenario asks for beside the topology. */
export function isDeviceField(field: string): boolean {
  return field === 'devices' || field === 'vectorHogs'
}

function named(name: string): MachineRequest | undefined {
  return NAMED_MACHINES.find((machine) => machine.name === name)
}

/** A machine that is not what its name says would be taken for another in every report. */
function ownFields(request: MachineRequest): MachineRequest {
  const other = Object.keys(request).find((field) => field !== 'name' && !isDeviceField(field))
  if (other === undefined || named(request.name) === undefined) return request
  throw new UsageError(
    `machine.name is ${JSON.stringify(request.name)}: with ${other} of its own, a machine needs a name of its own`,
  )
}

function parseMachine(request: unknown): Machine {
  const parsed = machineSchema.safeParse(request)
  if (parsed.success) return parsed.data
  throw new UsageError(firstIssue(parsed.error, 'machine', request))
}
