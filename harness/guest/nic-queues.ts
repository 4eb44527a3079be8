/** What can be fired of a NIC: its queues, the one irq that they share when there are too few vectors, and its config vector. */
import { type Irq, parseQueueName, type QueueName } from '../irq/irq.ts'
import type { IrqWithStimulus, RxQueue, TxQueue } from './irq-with-stimulus.ts'

/** The irqs of one NIC by what they serve. */
export interface NicQueues {
  /** With too few vectors all queues share one irq: then this is the only one, and a datagram to any of them fires it. */
  readonly rxQueues: readonly RxQueue[]
  readonly txQueues: readonly TxQueue[]
  /** Fires when the link changes; undefined when the device has no vector for that. */
  readonly config: IrqWithStimulus | undefined
}

/** Sorts the irqs of a NIC by their action names. */
export function queuesOf(irqs: readonly Irq[]): NicQueues {
  const named = irqs.flatMap((irq) => {
    const role = parseQueueName(irq.action)
    return role === undefined ? [] : [{ irq, role }]
  })
  const inOrder = (wanted: 'rx' | 'tx') =>
    named
      .flatMap(({ irq, role }) => (isQueue(role) && role.role === wanted ? [{ irq, role }] : []))
      .toSorted((a, b) => a.role.index - b.role.index)
  const shared = named.find(({ role }) => role.role === 'shared')
  const config = named.find(({ role }) => role.role === 'config')
  return {
    rxQueues:
      shared === undefined
        ? inOrder('rx').map(({ irq, role }) => ({
            name: role.queue,
            irq,
            stimulus: { kind: 'datagram', queueIndex: role.index },
          }))
        : [{ name: 'virtqueues', irq: shared.irq, stimulus: { kind: 'datagram', queueIndex: 'any' } }],
    txQueues: inOrder('tx').map(({ irq, role }) => ({
      name: role.queue,
      irq,
      stimulus: { kind: 'frame', queueIndex: role.index },
    })),
    config: config && { name: 'config', irq: config.irq, stimulus: { kind: 'link' } },
  }
}

function isQueue(role: QueueName): role is Extract<QueueName, { role: 'rx' | 'tx' }> {
  return role.role === 'rx' || role.role === 'tx'
}
