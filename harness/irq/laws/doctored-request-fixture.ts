/** Law 1, one fact changed at a time; the same for all kinds of moves. For tests. */
import { type DoctoredFact, unproves, violates, withoutContext } from './doctored-fact-fixture.ts'
import { type Pick, withEvent, withFields, without, withReadBack } from './doctoring-fixture.ts'

const asked: Pick = ({ write }) => write
/** The return of irq_set_affinity_locked to our writer. */
const returned: Pick = ({ write }, { trace }) =>
  trace.events.find((event) => event.name === 'setr' && event.index > (write?.index ?? Infinity))

/** What the write itself and its way into the irq core must show. */
export const REQUEST_FACTS: readonly DoctoredFact[] = [
  violates('accepted', 'another mask reads back', /was written, \S+ reads back/, (e) =>
    withReadBack(e, 'written', ...e.run.onlineCpus.cpus),
  ),
  violates('accepted', 'the irq core never saw the request', /never saw the request/, (e) =>
    without(e, asked),
  ),
  violates('accepted', 'the request ran in hard interrupt context', /not run in process context/, (e) =>
    withEvent(e, asked, (event) => ({ ...event, hardirq: true })),
  ),
  violates('accepted', 'the request ran in a softirq', /not run in process context/, (e) =>
    withEvent(e, asked, (event) => ({ ...event, softirq: true })),
  ),
  violates('accepted', 'the irq core returned -EINVAL', /returned -22/, (e) =>
    withFields(e, returned, { ret: '-22' }),
  ),
  violates('accepted', 'the irq core was asked for another mask', /was asked for 0x80/, (e) =>
    withFields(e, asked, { mask: '0x80' }),
  ),
  unproves('accepted', 'the mask of the request could not be fetched', /not show the mask/, (e) =>
    withFields(e, asked, { mask: '(fault)' }),
  ),
  unproves('accepted', 'the return of the irq core was not seen', /not show what .* returned/, (e) =>
    without(e, returned),
  ),
  unproves('accepted', 'nothing tells the context of the request', /not show the context/, (e) =>
    withEvent(e, asked, withoutContext),
  ),
]
