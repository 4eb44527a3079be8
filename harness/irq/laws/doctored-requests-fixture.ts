/** Requests that never take effect: replaced by the next one, or for the CPU that the irq is on. For tests. */
import type { TraceEvent } from '../trace-event.ts'
import { type DoctoredFact, eventOf, oldCpu, onCpu, unproves, violates } from './doctored-fact-fixture.ts'
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

/** The CPU that was asked for and taken back. */
const goneCpu = (e: Exhibit): number => moveOf(e).write.requested.only()

/** The request that replaced the one under test, as an exhibit of its own. */
const next = (e: Exhibit): Exhibit => ({ ...e, id: moveOf(e).replacedBy ?? 0 })

/** Doctors the next request, and shows the one under test. */
const inNext = (e: Exhibit, doctor: (later: Exhibit) => Exhibit): Exhibit => ({
  ...doctor(next(e)),
  id: e.id,
})

/** A vector_config of some neighbour, as if it had been this irq's. */
const configFor = (e: Exhibit, cpu: number): TraceEvent => {
  const config = eventOf(e, (_, run) => run.trace.events.filter(({ name }) => name === 'vector_config'))
  return { ...config, fields: { ...config.fields, irq: String(moveOf(e).irq.number), cpu: String(cpu) } }
}

const last: Pick = ({ interrupts }) => interrupts.at(-1)

/** A request that the next one replaced. */
export const REPLACED_FACTS: readonly DoctoredFact[] = [
  violates(
    'replaced',
    'the vector was set to its CPU before it was replaced',
    /was set to CPU \d all the same/,
    (e) => withEventAfter(e, ({ write }) => write, configFor(e, goneCpu(e))),
  ),
  violates(
    'replaced',
    'the vector was set to its CPU after it was replaced',
    /was set to CPU \d all the same/,
    (e) => inNext(e, (later) => withEventAfter(later, last, configFor(e, goneCpu(e)))),
  ),
  violates('replaced', 'a later interrupt was handled on its CPU', /an interrupt was handled on CPU/, (e) =>
    inNext(e, (later) => withEvent(later, last, onCpu(goneCpu(e)))),
  ),
  unproves('replaced', 'nothing replaced it', /was not replaced/, (e) =>
    withMove(e, (move) => ({ ...move, replacedBy: undefined })),
  ),
  unproves('replaced', 'no interrupt came afterwards', /no interrupt came after both/, (e) =>
    inNext(e, (later) => without(later, ({ interrupts }) => interrupts)),
  ),
  unproves('replaced', 'no probe was sent afterwards', /no interrupt came after both/, (e) =>
    inNext(e, (later) => withMove(later, (move) => ({ ...move, batches: [] }))),
  ),
  unproves('replaced', 'somebody else wrote its CPU afterwards', /disturbed: irqbalance-77 wrote mask/, (e) =>
    inNext(e, (later) =>
      withEventAfter(withEventAfter(later, last, configFor(e, goneCpu(e))), last, {
        ...eventOf(later, ({ write }) => write),
        comm: 'irqbalance',
        pid: 77,
      }),
    ),
  ),
]

/** A request for the CPU that the irq is on. */
export const STAYED_FACTS: readonly DoctoredFact[] = [
  violates('stayed', 'the vector was configured', /the vector was changed/, (e) =>
    withEventAfter(e, last, configFor(e, oldCpu(e))),
  ),
  violates('stayed', 'the vector was updated', /the vector was changed/, (e) =>
    withEventAfter(e, last, { ...configFor(e, oldCpu(e)), name: 'vector_update' }),
  ),
  violates('stayed', 'effective is another CPU in the end', /effective went from \d to \d/, (e) =>
    withEffective(e, -1, 3),
  ),
  violates('stayed', 'an interrupt was counted elsewhere', /interrupts: CPU/, (e) =>
    withCounted(withCounted(e, -1, oldCpu(e), -1), -1, 3),
  ),
  violates('stayed', 'a handler ran elsewhere', /interrupts: CPU/, (e) => withEvent(e, last, onCpu(3))),
  violates('stayed', 'an interrupt was counted and not handled', /were handled/, (e) => without(e, last)),
  violates('stayed', 'an interrupt was not counted', /were handled/, (e) =>
    withCounted(e, -1, oldCpu(e), -1),
  ),
  violates('stayed', 'another mask reads back', /reads back/, (e) => withReadBack(e, -1, 0, 1, 2, 3)),
  violates('stayed', 'the request is still pending', /still pending/, (e) => withPending(e, -1, true)),
  violates('stayed', 'a second move was tried', /entered 2 times/, (e) => twice(e, ({ moves }) => moves[0])),
  unproves('stayed', 'the pending bit cannot be read', /cannot be read/, (e) =>
    withPending(e, -1, undefined),
  ),
  violates(
    'held',
    'the vector was configured in the hold',
    /vector_config at/,
    (e) => withEventAfter(e, ({ holdBegan }) => holdBegan, configFor(e, oldCpu(e))),
    { also: ['stayed'] },
  ),
  violates(
    'held',
    'effective was another CPU in the hold',
    /effective went/,
    (e) => withEffective(e, 'ended', 3),
    { also: ['stayed'] },
  ),
  violates('held', 'an interrupt was counted in the hold', /the counters grew/, (e) =>
    withCounted(e, 'ended', oldCpu(e)),
  ),
  violates('held', 'the request was not pending', /not pending/, (e) => withPending(e, 'ended', false)),
  violates('delivered', 'a probe was never received', /1 of 3 probes were never/, (e) =>
    withFields(e, ({ deliveries }) => deliveries[0], { queue_mapping: '9' }),
  ),
]
