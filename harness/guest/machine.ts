/** A machine is a guest topology as data: CPUs, memory, queues, vectors, interrupt remapping, devices. */
import { z } from 'zod'
import { UsageError } from '../base/errors.ts'
import { firstIssue } from '../base/first-issue.ts'
import { DEVICE_NAMES, VECTOR_HOGS_MAX } from './device-names.ts'
import { conflictIn } from './machine-conflicts.ts'
import { NAMED_MACHINES } from './named-machines.ts'

const QUEUE_PAIRS = 4

/** A list of CPUs as the kernel's command line takes it; what it may name is a matter of the whole machine. */
const cpuList = z.string().regex(/^(\d{1,3}(-\d{1,3})?(,\d{1,3}(-\d{1,3})?)*)?$/, 'give CPUs as "2-3,6"')

/** What a scenario may ask for; everything has a default but `name`. */
const machineSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'give it a name of small letters, digits and dashes'),
    /** vCPUs of the guest when it boots. */
    cpus: z.int().min(2).max(255).default(4),
    /** How many of them the kernel starts by itself: maxcpus=N; absent: all. The others are there, offline. */
    startedCpus: z.int().min(2).max(255).optional(),
    /** Places for CPUs that can be added while the guest runs. */
    spareCpus: z.int().min(0).max(253).default(0),
    /** All CPUs, spare ones too, are shared equally among the sockets, the threads of a core and the NUMA nodes. */
    sockets: z.int().min(1).max(64).default(1),
    threads: z.int().min(1).max(2).default(1),
    nodes: z.int().min(1).max(16).default(1),
    memoryMib: z.int().min(256).max(65_536).default(512),
    /** `intel`: intel-iommu with intremap=on, so that MSI-X vectors are remapped; `amd`: amd-iommu likewise. */
    remapping: z.enum(['none', 'intel', 'amd']).default('none'),
    /** How CPUs talk to their local APIC. `default`: what QEMU and the kernel make of it by themselves. */
    apic: z.enum(['default', 'xapic', 'x2apic']).default('default'),
    /** KVM alone: the IO-APIC in QEMU and not in the host's kernel. Remapping brings it by itself. */
    splitIrqchip: z.boolean().default(false),
    /** CPUs that get no work of their own: isolcpus=managed_irq,domain,LIST. */
    isolatedCpus: cpuList.default(''),
    /** CPUs whose timer tick stops: nohz_full=LIST. */
    ticklessCpus: cpuList.default(''),
    /** CPUs that irqs start on: irqaffinity=LIST. */
    irqAffinity: cpuList.default(''),
    /** The NIC under test. */
    nic: z
      .strictObject({
        /** Four, or as many as CPUs are started. */
        queuePairs: z.int().min(1).max(64).optional(),
        /** MSI-X vectors: one per rx and tx queue, one for config, one spare, unless said otherwise. */
        vectors: z.int().min(2).optional(),
        /** The host's kernel moves the packets, and not QEMU: vhost=on. */
        vhost: z.boolean().default(false),
        /**
         * VIRTIO_RING_F_EVENT_IDX. With it a 5.10 driver cannot silence a queue: virtqueue_disable_cb does nothing there until
         * 5.14 (drivers/virtio/virtio_ring.c).
         */
        eventIdx: z.boolean().default(true),
      })
      .prefault({}),
    /** Devices beside the NIC, each with an irq under test: what a scenario asks for, whatever the machine it runs on. */
    devices: z.array(z.enum(DEVICE_NAMES)).default([]),
    /** Devices that take 64 vectors each when a scenario binds them (vector-hogs.ts): asked for as devices are. */
    vectorHogs: z.int().min(0).max(VECTOR_HOGS_MAX).default(0),
    /** Extra kernel command line. */
    append: z.string().default(''),
  })
  .transform(({ nic, ...machine }) => ({
    ...machine,
    nic: { ...nic, queuePairs: nic.queuePairs ?? Math.min(QUEUE_PAIRS, machine.startedCpus ?? machine.cpus) },
  }))

/** A machine as asked for: what is left out takes its default. */
export type MachineRequest = z.input<typeof machineSchema>
/** A machine with nothing left open. */
export type Machine = z.output<typeof machineSchema>

/** Names of all machines that `--machine` knows. */
export function machineNames(): readonly string[] {
  return NAMED_MACHINES.map(({ machine }) => machine.name)
}

/**
 * Fills in the defaults. The name of a machine that is known stands for its whole topology, to which devices can be added.
 * Throws `UsageError` that names the field and the value.
 */
export function machineOf(request: MachineRequest | string): Machine {
  if (typeof request !== 'string') return parseMachine({ ...named(request.name), ...ownFields(request) })
  const found = named(request)
  if (found !== undefined) return parseMachine(found)
  throw new UsageError(
    `unknown machine ${JSON.stringify(request)}: known are ${machineNames().join(', ')}; \`irqlab list --machines\` tells them apart`,
  )
}

/** A machine as a record holds it: nothing left open. Throws `UsageError` that names the field. */
export function recordedMachine(recorded: unknown): Machine {
  return parseMachine(recorded)
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
  return NAMED_MACHINES.find(({ machine }) => machine.name === name)?.machine
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
  if (!parsed.success) throw new UsageError(firstIssue(parsed.error, 'machine', request))
  const conflict = conflictIn(parsed.data)
  if (conflict === undefined) return parsed.data
  const { field, value, why, remedy } = conflict
  throw new UsageError(`machine.${field} is ${JSON.stringify(value)}: ${why}; ${remedy}`)
}
