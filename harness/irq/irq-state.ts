/** The state bits of an irq that matter to a move: is one pending, and may it be done from process context? */

/** The state word of an irq, and the bit of it that the laws ask for. */
export interface IrqState {
  /** The raw word irq_common_data.state_use_accessors (include/linux/irq.h, same bits in 5.10 to 7.3). */
  readonly word: number
  /** IRQD_SETAFFINITY_PENDING: a request waits for the next interrupt. */
  readonly pending: boolean
  /** IRQD_ACTIVATED: the irq has a vector of its own; without it effective may be anything. */
  readonly activated: boolean
}

const IRQD_SETAFFINITY_PENDING = 1 << 8
const IRQD_ACTIVATED = 1 << 9

/** Reads the state word. */
export function irqState(word: number): IrqState {
  return {
    word,
    pending: (word & IRQD_SETAFFINITY_PENDING) !== 0,
    activated: (word & IRQD_ACTIVATED) !== 0,
  }
}
