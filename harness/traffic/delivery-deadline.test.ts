/** Is a probe that can be expected awaited for its whole limit, and one to a deaf irq for less? */
import t from 'tap'
import { Limits } from '../base/limits.ts'
import { deliveryDeadline } from './delivery-deadline.ts'

const limits = new Limits(2)
t.match(deliveryDeadline(limits, 'the probes', false), {
  stage: 'traffic.delivery',
  what: 'Arrival of the probes',
  limitMs: 10_000,
})
t.equal(deliveryDeadline(limits, 'the probes', true).limitMs, 2000)
