/** Laws 4 to 8, one fact changed at a time; the same for deferred and immediate moves. For tests. */
import {
  type DoctoredFact,
  eventOf,
  hasSpareCpu,
  newCpu,
  oldCpu,
  onCpu,
  spareCpu,
  thirdCpu,
  unproves,
  violates,
} from './doctored-fact-fixture.ts'
import {
  type Exhibit,
  moveOf,
  type Pick,
  twice,
  withCounted,
  withEffective,
  withEvent,
  withEventAfter,
  withFields,
  withMove,
  without,
  withPending,
  withReadBack,
} from './doctoring-fixture.ts'

/** The last interrupt that was handled: long after the move. */
const last: Pick = ({ interrupts }) => interrupts.at(-1)

/** Interrupts after the move. */
export const LATER_FACTS: readonly DoctoredFact[] = [
  violates(
    'then-on-new',
    'a later interrupt was counted on an uninvolved CPU',
    /after the move: .*CPU/,
    (e) => withCounted(withCounted(e, -1, newCpu(e), -1), -1, thirdCpu(e)),
  ),
  violates('then-on-new', 'one more was counted than handled', /(\d+) interrupts .*, (?!\1)\d+ were/, (e) =>
    withCounted(e, -1, newCpu(e)),
  ),
  violates('then-on-new', 'a later interrupt was not counted', /(\d+) interrupts .*, (?!\1)\d+ were/, (e) =>
    withCounted(e, -1, newCpu(e), -1),
  ),
  violates('then-on-new', 'a later handler ran on an uninvolved CPU', /ran on CPU \d+, not on CPU/, (e) =>
    withEvent(e, last, onCpu(thirdCpu(e))),
  ),
  violates('then-on-new', 'a later handler never ran', /were handled/, (e) => without(e, last)),
  violates('then-on-new', 'a later handler ran twice', /were handled/, (e) => twice(e, last)),
]

const freed: Pick = (trace) => trace.freed[0]
const matrixFreed: Pick = ({ updates, matrixFrees }) =>
  matrixFrees.find(
    ({ fields }) =>
      fields['bit'] === updates[0]?.fields['prev_vector'] && fields['cpu'] === updates[0]?.fields['prev_cpu'],
  )
const matrixAllocated: Pick = ({ updates, matrixAllocs }) =>
  matrixAllocs.find(
    ({ fields }) =>
      fields['bit'] === updates[0]?.fields['vector'] && fields['cpu'] === updates[0]?.fields['cpu'],
  )
const held = (e: Exhibit): number => Number(eventOf(e, matrixFreed).fields['total_alloc'])

/** The vectors: configured once, the old one given back. */
export const VECTOR_FACTS: readonly DoctoredFact[] = [
  violates('once', 'the vector was configured again at the end', /configured 2 times for one request/, (e) =>
    withEventAfter(
      e,
      last,
      eventOf(e, ({ configs }) => configs[0]),
    ),
  ),
  violates('released', 'the old vector was not given back', /was never given back/, (e) => without(e, freed)),
  violates('released', 'another vector was given back', /was never given back/, (e) =>
    withFields(e, freed, { vector: '99' }),
  ),
  violates('released', 'a vector of another CPU was given back', /was never given back/, (e) =>
    withFields(e, freed, { cpu: String(thirdCpu(e)) }),
  ),
  violates('released', 'the old vector was given back twice', /given back twice/, (e) => twice(e, freed)),
  violates('released', 'the new CPU gave the old vector back', /was given back by CPU/, (e) =>
    withEvent(e, freed, onCpu(newCpu(e))),
  ),
  violates('released', 'the matrix was not told of the old vector', /the vector matrix was not told/, (e) =>
    without(e, matrixFreed),
  ),
  violates('released', 'the matrix was not asked for the new vector', /the vector matrix was not told/, (e) =>
    without(e, matrixAllocated),
  ),
  violates(
    'released',
    'the matrix holds one vector too many',
    /(\d+) vectors, (?!\1)\d+ were expected/,
    (e) => withFields(e, matrixFreed, { total_alloc: String(held(e) + 1) }),
  ),
  unproves('released', 'the matrix does not say what it holds', /does not show how many/, (e) =>
    withFields(e, matrixFreed, { total_alloc: undefined }),
  ),
  unproves('released', 'no vector was replaced', /no vector was replaced/, (e) =>
    without(e, ({ updates }) => updates),
  ),
]

const firstDelivery: Pick = ({ deliveries }) => deliveries[0]
const byDatagrams = (e: Exhibit): boolean => moveOf(e).stimulus.kind === 'datagram'
const byReader = (e: Exhibit): boolean => !byDatagrams(e)
/** Another receipt of the last batch. */
const withReceived = (
  e: Exhibit,
  change: (ids: readonly string[]) => readonly string[],
  taken = 0,
): Exhibit =>
  withMove(e, (move) => ({
    ...move,
    batches: move.batches.map((batch, at) =>
      at === move.batches.length - 1
        ? { ...batch, received: change(batch.received ?? []), taken: batch.taken + taken }
        : batch,
    ),
  }))

/** The probes' way into the guest. */
export const DELIVERY_FACTS: readonly DoctoredFact[] = [
  violates(
    'delivered',
    'a probe was taken by QEMU and never received',
    /1 of \d+ probes were never/,
    (e) => without(e, firstDelivery),
    { when: byDatagrams },
  ),
  violates(
    'delivered',
    'a probe was received on another queue',
    /1 of \d+ probes were never received/,
    (e) => withFields(e, ({ deliveries }) => deliveries.at(-1), { queue_mapping: '9' }),
    { when: byDatagrams },
  ),
  unproves(
    'delivered',
    'a probe was lost before QEMU took it',
    /QEMU took \d+ of \d+ probes/,
    (e) =>
      withMove(without(e, firstDelivery), (move) => ({
        ...move,
        batches: move.batches.map((batch, at) => (at === 0 ? { ...batch, taken: batch.taken - 1 } : batch)),
      })),
    { when: byDatagrams },
  ),
  violates(
    'delivered',
    'the last byte was taken by QEMU and never received',
    /1 of \d+ probes were never received/,
    (e) => withReceived(e, (ids) => ids.slice(0, -1)),
    { when: byReader },
  ),
  violates(
    'delivered',
    'the first byte of a batch was never received, and the others were',
    /(\w+) was sent, (?!\1 )\w+ was received/,
    (e) => withReceived(e, (ids) => ids.slice(1)),
    { when: byReader },
  ),
  violates(
    'delivered',
    'two bytes were received in another order',
    /(\w+) was sent, (?!\1 )\w+ was received/,
    (e) => withReceived(e, (ids) => ids.toReversed()),
    { when: byReader },
  ),
  violates(
    'delivered',
    'a byte was received twice',
    /was sent, \w+ was received/,
    (e) => withReceived(e, (ids) => ids.flatMap((id, at) => (at === 0 ? [id, id] : [id]))),
    { when: byReader },
  ),
  unproves(
    'delivered',
    'the last byte was never taken by QEMU',
    /QEMU took \d+ of \d+ probes/,
    (e) => withReceived(e, (ids) => ids.slice(0, -1), -1),
    { when: byReader },
  ),
]

/** What is shown in the end. */
export const END_FACTS: readonly DoctoredFact[] = [
  violates('settled', 'another mask reads back in the end', /reads back in the end/, (e) =>
    withReadBack(e, -1, oldCpu(e)),
  ),
  violates('settled', 'effective is the old CPU again in the end', /effective is \d+ in the end/, (e) =>
    withEffective(e, -1, oldCpu(e)),
  ),
  violates(
    'settled',
    'effective is the whole mask in the end',
    /effective is \S+ in the end/,
    (e) => withEffective(e, -1, ...moveOf(e).write.requested.cpus),
    { when: hasSpareCpu },
  ),
  violates(
    'settled',
    'effective is another CPU of the mask in the end',
    /effective went on from/,
    (e) => withEffective(e, -1, spareCpu(e)),
    { when: hasSpareCpu },
  ),
  violates('settled', 'the request is pending in the end', /still pending/, (e) => withPending(e, -1, true)),
  unproves('settled', 'the pending bit cannot be read in the end', /cannot be read/, (e) =>
    withPending(e, -1, undefined),
  ),
]
