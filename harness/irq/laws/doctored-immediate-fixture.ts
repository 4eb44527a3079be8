/** Laws 2 and 3 of an immediate move, one fact changed at a time. For tests. */
import {
  type DoctoredFact,
  eventOf,
  type HarmlessFact,
  hasSpareCpu,
  newCpu,
  oldCpu,
  onCpu,
  packetTwice,
  spareCpu,
  thirdCpu,
  unproves,
  violates,
  withoutContext,
} from './doctored-fact-fixture.ts'
import {
  type Exhibit,
  moveOf,
  type Pick,
  traceOf,
  withCounted,
  withEffective,
  withEvent,
  withFields,
  without,
  withPending,
} from './doctoring-fixture.ts'

const config: Pick = ({ configs }) => configs[0]
const last: Pick = ({ interrupts }) => interrupts.at(-1)
const lastAck: Pick = ({ acks }) => acks.at(-1)
/** The acknowledge of a remapped irq was not traced from the first day. */
const showsArrivals = (e: Exhibit): boolean => traceOf(e).acks.length > 0
/** Without an agreed new CPU there is nothing that later interrupts could be held against. */
const DISPUTED = { also: ['then-on-new'] } as const

/** Law 2: the write itself moves the irq. */
export const WRITE_FACTS: readonly DoctoredFact[] = [
  violates(
    'at-the-write',
    'effective stayed the old CPU',
    /effective is \d+ when the write returns/,
    (e) => withEffective(e, 'written', oldCpu(e)),
    DISPUTED,
  ),
  violates(
    'at-the-write',
    'effective became the whole mask',
    /effective is \S+ when the write returns/,
    (e) => withEffective(e, 'written', ...moveOf(e).write.requested.cpus),
    { ...DISPUTED, when: hasSpareCpu },
  ),
  violates(
    'at-the-write',
    'effective became the other CPU of the mask',
    /hardware was set to CPU/,
    (e) => withEffective(e, 'written', spareCpu(e)),
    { ...DISPUTED, when: hasSpareCpu },
  ),
  violates(
    'at-the-write',
    'the hardware was set to another CPU',
    /hardware was set to CPU/,
    (e) => withFields(e, config, { cpu: String(thirdCpu(e)) }),
    DISPUTED,
  ),
  violates('at-the-write', 'an interrupt was counted at the write', /counted at the write: CPU/, (e) =>
    withCounted(e, 'written', oldCpu(e)),
  ),
  violates('at-the-write', 'no vector was configured', /without a vector_config/, (e) => without(e, config), {
    also: ['once'],
  }),
  violates(
    'at-the-write',
    'the move was made in hard interrupt context',
    /not made in process context/,
    (e) => withEvent(e, config, (event) => ({ ...event, hardirq: true })),
  ),
  violates('at-the-write', 'the move was made in a softirq', /not made in process context/, (e) =>
    withEvent(e, config, (event) => ({ ...event, softirq: true })),
  ),
  violates('at-the-write', 'the move was made by another process', /was made by kworker\/1:2-99/, (e) =>
    withEvent(e, config, (event) => ({ ...event, comm: 'kworker/1:2', pid: 99 })),
  ),
  violates('at-the-write', 'the request is pending all the same', /pending although it was applied/, (e) =>
    withPending(e, 'written', true),
  ),
  unproves('at-the-write', 'the pending bit cannot be read', /cannot be read/, (e) =>
    withPending(e, 'written', undefined),
  ),
  unproves('at-the-write', 'nothing tells the context of the move', /does not show the context/, (e) =>
    withEvent(e, config, withoutContext),
  ),
]

/** Law 3: the old CPU never sees an interrupt again. */
export const OLD_CPU_FACTS: readonly DoctoredFact[] = [
  violates(
    'never-on-old',
    'a later interrupt was counted on the old CPU',
    /old CPU \d+ counted 1/,
    (e) => withCounted(withCounted(e, -1, newCpu(e), -1), -1, oldCpu(e)),
    DISPUTED,
  ),
  violates(
    'never-on-old',
    'one interrupt more was counted on the old CPU',
    /old CPU \d+ counted 1/,
    (e) => withCounted(e, 0, oldCpu(e)),
    DISPUTED,
  ),
  violates(
    'never-on-old',
    'the first handler ran on the old CPU',
    /a handler ran on the old CPU/,
    (e) => withEvent(e, ({ interrupts }) => interrupts[0], onCpu(oldCpu(e))),
    DISPUTED,
  ),
  violates(
    'never-on-old',
    'the last handler ran on the old CPU',
    /a handler ran on the old CPU/,
    (e) => withEvent(e, last, onCpu(oldCpu(e))),
    DISPUTED,
  ),
  violates(
    'never-on-old',
    'a later interrupt arrived on the old CPU, and was handled on the new one',
    /an interrupt arrived on the old CPU/,
    (e) => withEvent(e, lastAck, onCpu(oldCpu(e))),
    { ...DISPUTED, when: showsArrivals },
  ),
  violates(
    'then-on-new',
    'a later interrupt arrived on an uninvolved CPU',
    /ran on CPU \d, not on CPU/,
    (e) => withEvent(e, lastAck, onCpu(thirdCpu(e))),
    { when: showsArrivals },
  ),
  violates('never-on-old', 'the irq was on the new CPU before', /old CPU \d+ counted/, (e) =>
    withEffective(e, 'before', newCpu(e)),
  ),
]

/** What no law may mind. */
export const HARMLESS_AT_ONCE: readonly HarmlessFact[] = [
  { fact: 'a packet is traced twice', doctor: packetTwice },
  {
    fact: 'the write was made on another CPU',
    doctor: (e) => withEvent(e, config, onCpu((eventOf(e, config).cpu + 1) % 4)),
  },
]
