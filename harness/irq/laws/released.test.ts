/** Does the count of vectors bear irqs that are no matter of ours? */
import t from 'tap'
import { eventOf } from './doctored-fact-fixture.ts'
import {
  exhibits,
  type Exhibit,
  type Pick,
  verdictsOf,
  withEventAfter,
  withFields,
} from './doctoring-fixture.ts'

const [deferred] = exhibits('deferred', '6.1-plain-deferred-move')
if (deferred === undefined) throw new Error('the sample was not recorded')
const allocated: Pick = ({ updates: [update], matrixAllocs }) =>
  matrixAllocs.find(
    ({ fields }) => fields['cpu'] === update?.fields['cpu'] && fields['bit'] === update?.fields['vector'],
  )
const freed: Pick = ({ updates: [update], matrixFrees }) =>
  matrixFrees.find(
    ({ fields }) =>
      fields['cpu'] === update?.fields['prev_cpu'] && fields['bit'] === update?.fields['prev_vector'],
  )
const released = (exhibit: Exhibit) => verdictsOf(exhibit).find(({ law }) => law === 'released')?.state

await t.test('a managed irq that takes a vector in between is counted', async (t) => {
  const held = Number(eventOf(deferred, freed).fields['total_alloc'])
  const more = withFields(deferred, freed, { total_alloc: String(held + 1) })
  t.equal(released(deferred), 'held')
  t.equal(released(more), 'violated', 'nobody is seen to have taken it')
  const managed = { ...eventOf(deferred, allocated), name: 'irq_matrix_alloc_managed' }
  t.equal(released(withEventAfter(more, allocated, managed)), 'held')
})
