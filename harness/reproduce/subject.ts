/** Which irq of a guest stands for an irq of the machine? By what the irq is: a NIC's queue, a line, a disk's managed queue. Pure. */
import { behaviourOf } from '../diagnose/behaviour.ts'
import { nameOf } from '../diagnose/evidence.ts'
import type { Observed, ObservedIrq } from '../diagnose/observed.ts'
import type { DeviceName } from '../guest/device-names.ts'
import type { KernelDrivers } from './kernel-drivers.ts'

/** What the acts need of it. */
export interface StandInNeeds {
  /** CPUs go and come: virtio-net writes masks of its own then, and a port writes none. */
  readonly hotplug?: true
  /** Its driver has to give a hint, or irqbalance to care for it. */
  readonly queue?: true
  /** It has to lose its handler. */
  readonly closable?: true
}

/** An irq here. */
export type StandIn =
  { readonly kind: 'rx'; readonly queue: number } | { readonly kind: 'device'; readonly device: DeviceName }

/** An irq of the machine, and what stands for it. */
export interface Subject {
  readonly theirs: ObservedIrq
  readonly standIn: StandIn
  /** Why this one, in words. */
  readonly why: string
}

/** Its name in records: `input.0`, `virtio-serial`. */
export function standInName({ standIn }: Pick<Subject, 'standIn'>): string {
  return standIn.kind === 'rx' ? `input.${standIn.queue}` : standIn.device
}

/** Its name in a scenario's body. */
export function standInCode({ standIn }: Pick<Subject, 'standIn'>): string {
  if (standIn.kind === 'rx') return `nic.rxQueue(${standIn.queue})`
  return /^\w+$/.test(standIn.device) ? `devices.${standIn.device}` : `devices['${standIn.device}']`
}

/** What stands for each; those for which nothing is left are not among them. `queuesMax`: rx queues that there can be. */
export function subjectsOf(
  irqs: readonly ObservedIrq[],
  seen: Observed,
  needs: StandInNeeds,
  limits: { readonly queuesMax: number; readonly drivers: KernelDrivers },
): readonly Subject[] {
  const taken = new Set<string>()
  return irqs.flatMap((theirs): readonly Subject[] => {
    const found = kindFor(theirs, seen, needs, limits.drivers)
    const subject =
      found.kind === 'rx'
        ? {
            theirs,
            standIn: { kind: 'rx' as const, queue: freeQueue(theirs, taken, limits.queuesMax) },
            why: found.why,
          }
        : { theirs, standIn: { kind: 'device' as const, device: found.device }, why: found.why }
    const name = standInName(subject)
    if (taken.has(name) || (subject.standIn.kind === 'rx' && subject.standIn.queue < 0)) return []
    taken.add(name)
    return [subject]
  })
}

type Kind = { readonly why: string } & (
  { readonly kind: 'rx' } | { readonly kind: 'device'; readonly device: DeviceName }
)

function kindFor(irq: ObservedIrq, seen: Observed, needs: StandInNeeds, drivers: KernelDrivers): Kind {
  const device = (name: DeviceName, why: string): Kind => ({ kind: 'device', device: name, why })
  if (needs.closable)
    return device('ttyS1', 'the one irq here that loses its handler and keeps its number: a serial line')
  if (behaviourOf(irq, seen).kind === 'managed')
    return irq.action.startsWith('nvme')
      ? device('nvme', 'a queue of an NVMe disk, which the kernel manages')
      : device('virtio-blk', 'a queue of a disk, which the kernel manages')
  if (needs.queue) return { kind: 'rx', why: 'an rx queue of virtio-net: one MSI-X vector' }
  if (/^(?:IR-)?IO-APIC/.test(irq.chip))
    return irq.flow === 'fasteoi'
      ? device('intx', 'a level line of the IO-APIC')
      : device('ttyS1', 'an edge line of the IO-APIC')
  if (needs.hotplug)
    return device(
      'virtio-serial',
      isQueue(irq)
        ? 'one MSI-X vector of a port: virtio-net writes masks of its own whenever a CPU goes or comes, and would hide it'
        : 'one MSI-X vector of a port',
    )
  if (irq.action.startsWith('ahci') && drivers.ahci)
    return device('ahci', "a disk's MSI that cannot be masked")
  if (isQueue(irq)) return { kind: 'rx', why: 'an rx queue of virtio-net: one MSI-X vector' }
  return device('virtio-serial', 'one MSI-X vector of a port, whose driver writes no masks')
}

/** Names of the queues' irqs of the drivers that there are: virtio-net, mlx5, ice, i40e, ixgbe, ena, bnxt and others. */
const QUEUE_NAME =
  /input\.\d+$|output\.\d+$|-?(?:TxRx|rx|tx|fp|Tx-Rx|queue|comp|vmxnet3-rxtx)[-_]?\d+|_comp\d+|rxtx-\d+$/i

/** True for the irq of a NIC's queue. */
export function isQueue({ action, device }: ObservedIrq): boolean {
  return device?.interface !== undefined || QUEUE_NAME.test(action)
}

/** That of the same number where there is one. */
function freeQueue({ action }: ObservedIrq, taken: ReadonlySet<string>, queuesMax: number): number {
  const own = Number(/(\d+)(?:@|$)/.exec(action)?.[1] ?? Number.NaN)
  const isFree = (queue: number) => !taken.has(`input.${queue}`)
  if (own < queuesMax && isFree(own)) return own
  return Array.from({ length: queuesMax }, (_, queue) => queue).find(isFree) ?? -1
}

/** `irq 47 (mlx5_comp3)`. */
export function theirName({ theirs }: Subject): string {
  return nameOf(theirs)
}
