/** A request made before the last move was over, one fact changed at a time. For tests. */
import { type DoctoredFact, eventOf, oldCpu, thirdCpu, unproves, violates } from './doctored-fact-fixture.ts'
import {
  moveOf,
  type Pick,
  withEffective,
  withEventAfter,
  withFields,
  without,
  withPending,
  withReadBack,
} from './doctoring-fixture.ts'

/** The old vector of the move before, freed under this request. */
const freed: Pick = ({ freed: all, updates }) =>
  all.find(
    ({ fields }) =>
      fields['vector'] !== updates[0]?.fields['prev_vector'] ||
      fields['cpu'] !== updates[0]?.fields['prev_cpu'],
  )
const written: Pick = ({ write }) => write
const last: Pick = ({ interrupts }) => interrupts.at(-1)

/** What a request must go through that finds the vector busy. */
export const BUSY_FACTS: readonly DoctoredFact[] = [
  violates(
    'kept-while-busy',
    'the old mask reads back after the first interrupt',
    /was written, \d reads back/,
    (e) => withReadBack(e, 0, oldCpu(e)),
  ),
  violates(
    'kept-while-busy',
    'no CPU at all reads back after the first interrupt',
    /no CPU at all reads back/,
    (e) => withReadBack(e, 0),
  ),
  violates('kept-while-busy', 'the old mask reads back in the end', /was written, \d reads back/, (e) =>
    withReadBack(e, -1, oldCpu(e)),
  ),
  violates(
    'kept-while-busy',
    'nothing is pending any more after the first interrupt',
    /nothing is pending/,
    (e) => withPending(withEffective(e, 0, oldCpu(e)), 0, false),
  ),
  violates(
    'kept-while-busy',
    'the vector was replaced before the old one was freed',
    /while the old one was still to be freed/,
    (e) =>
      withEventAfter(
        e,
        written,
        eventOf(e, ({ configs }) => configs[0]),
      ),
  ),
  violates(
    'kept-while-busy',
    'the move was made by a later interrupt than the first possible',
    /did not move the irq/,
    (e) => {
      const config = eventOf(e, ({ configs }) => configs[0])
      return withEventAfter(
        without(e, ({ configs }) => configs),
        last,
        config,
      )
    },
  ),
  violates('kept-while-busy', 'the move was never made', /did not move the irq/, (e) =>
    without(e, ({ configs }) => configs),
  ),
  violates('kept-while-busy', 'the hardware was set to another CPU', /was set to CPU \d/, (e) =>
    withFields(e, ({ configs }) => configs[0], { cpu: String(thirdCpu(e)) }),
  ),
  violates('kept-while-busy', 'effective is a CPU too many in the end', /effective is \S+ and nothing/, (e) =>
    withEffective(e, -1, ...moveOf(e).write.requested.cpus, thirdCpu(e)),
  ),
  violates(
    'kept-while-busy',
    'effective is no CPU at all in the end',
    /effective is no CPU at all in the end/,
    (e) => withEffective(e, -1),
  ),
  violates('kept-while-busy', 'the request is pending in the end', /still pending/, (e) =>
    withPending(e, -1, true),
  ),
  unproves('kept-while-busy', 'the pending bit cannot be read in the end', /cannot be read/, (e) =>
    withPending(e, -1, undefined),
  ),
  unproves('kept-while-busy', 'nothing had to be freed', /was over before this write/, (e) =>
    without(e, freed),
  ),
  unproves('kept-while-busy', 'no interrupt came', /no interrupt came/, (e) =>
    without(e, ({ interrupts }) => interrupts),
  ),
  unproves('kept-while-busy', 'no interrupt came after the cleanup', /no interrupt came/, (e) =>
    without(
      without(e, ({ configs }) => configs),
      ({ acks, interrupts, freed: all }) =>
        [...acks, ...interrupts].filter(({ index }) => index > (all[0]?.index ?? 0)),
    ),
  ),
]
