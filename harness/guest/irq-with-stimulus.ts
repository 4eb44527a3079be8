/** What is under test? An irq with a name, and something that makes it fire exactly once on demand. */
import type { Irq } from '../irq/irq.ts'
import type { Stimulus } from '../irq/move-evidence.ts'

/** An irq with a stimulus. A virtio-net rx queue is one, a port's input another. */
export interface IrqWithStimulus {
  /** What the irq serves: `input.0`, `virtio-serial`, `ttyS1`, `ahci`. */
  readonly name: string
  readonly irq: Irq
  readonly stimulus: Stimulus
  /** How the kernel handles it, where that is not by its edge: `fasteoi` is a level line of the IO-APIC. */
  readonly flow?: 'fasteoi'
  /** User space may not move it: the kernel manages it, or it must not be balanced. */
  readonly unmovable?: true
}

/** One rx queue and the irq that serves it. */
export interface RxQueue extends IrqWithStimulus {
  readonly stimulus: Extract<Stimulus, { kind: 'datagram' }>
}

/** One tx queue and the irq that serves it. */
export interface TxQueue extends IrqWithStimulus {
  readonly stimulus: Extract<Stimulus, { kind: 'frame' }>
}

/** True for a queue of the NIC under test: datagrams fire it. */
export function isRxQueue(target: IrqWithStimulus): target is RxQueue {
  return target.stimulus.kind === 'datagram'
}
