/** What can become of a new mask, in one word each. A file of its own: pages of HTML know the words, and nothing of Node. */

/**
 * `deferred`: it waits for the irq's next interrupt. `immediate`: the write makes it. `managed`: the kernel placed the irq and
 * refuses writes. `fixed`: writes are refused for another reason. `no handler`: nobody has asked for the irq, the mask is only
 * stored. `unknown`: an irqchip that irqlab does not know.
 */
export type BehaviourKind = 'deferred' | 'immediate' | 'managed' | 'fixed' | 'no handler' | 'unknown'
