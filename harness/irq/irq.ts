/** Which irq is it, and what does it serve? Identity of a numbered line, and the role its action name tells. */

/** Identity of one irq within one boot of one guest. The number alone is not enough: a re-plugged device may get it again. */
export interface Irq {
  readonly number: number
  /** Name under which the driver asked for it, for example `virtio0-input.0`; empty when no driver did. */
  readonly action: string
  /** Name of its irqchip, for example `PCI-MSIX-0000:00:03.0`. */
  readonly chip: string
}

/** True when both are the same irq: number, action and chip agree. */
export function isSameIrq(a: Irq, b: Irq): boolean {
  return a.number === b.number && a.action === b.action && a.chip === b.chip
}

/** An irq in words for a message to a person. */
export function describeIrq(irq: Irq): string {
  return `irq ${irq.number} (${irq.action === '' ? 'no action' : irq.action}, ${irq.chip})`
}

/** What an irq of a virtio-net device serves. */
export type QueueName =
  | {
      readonly device: string
      readonly role: 'rx' | 'tx'
      /** Number of the queue pair, the first is 0. */
      readonly index: number
      /** The kernel's name of the virtqueue, for example `input.3`. */
      readonly queue: string
    }
  /** `config`: link changes only. `shared`: one vector for all virtqueues, when there were too few. */
  | { readonly device: string; readonly role: 'config' | 'shared' }

/**
 * Reads the action name of a virtio-net irq (drivers/virtio/virtio_pci_common.c:vp_find_vqs_msix and
 * drivers/net/virtio_net.c:virtnet_find_vqs, 5.10 to 7.3). Undefined for any other name: a role is never guessed.
 */
export function parseQueueName(action: string): QueueName | undefined {
  const match = /^(virtio(?:0|[1-9]\d*))-(?:(input|output)\.(0|[1-9]\d{0,4})|(config)|(virtqueues))$/.exec(
    action,
  )
  const device = match?.[1]
  if (!match || device === undefined) return undefined
  if (match[4] !== undefined) return { device, role: 'config' }
  if (match[5] !== undefined) return { device, role: 'shared' }
  const queue = `${match[2]}.${match[3]}`
  return { device, role: match[2] === 'input' ? 'rx' : 'tx', index: Number(match[3]), queue }
}
