/**
 * The order of a level line of the IO-APIC, made from the recorded edge line: the same events, the move after the handler,
 * nothing acknowledged where the trace could see it. Each order is right for one prediction and wrong for the other.
 */
import t from 'tap'
import { predictMove } from '../irqchip.ts'
import { eventOf } from './doctored-fact-fixture.ts'
import {
  type Exhibit,
  exhibits,
  flipped,
  moveOf,
  type Pick,
  verdictsOf,
  withEventAfter,
  withMove,
  without,
} from './doctoring-fixture.ts'

const config: Pick = ({ configs }) => configs[0]
const first: Pick = ({ interrupts }) => interrupts[0]
const acks: Pick = (trace) => trace.acks

const asLevel = (e: Exhibit): Exhibit =>
  withMove(e, (move) => ({ ...move, prediction: predictMove(move.irq.chip, e.run.release, 'fasteoi') }))
const movedLast = (e: Exhibit): Exhibit => withEventAfter(without(e, config), first, eventOf(e, config))
const said = (e: Exhibit, law: string) => verdictsOf(e).find((verdict) => verdict.law === law)?.sentence

const edges = exhibits('deferred', '6.1-plain-edge-line')

await t.test('predicted from irqchip and flow, and from nothing less', async (t) => {
  const [edge] = edges
  if (edge === undefined) throw new Error('an edge line was recorded')
  const { chip } = moveOf(edge).irq
  t.equal(predictMove(chip, edge.run.release, 'fasteoi').order, 'handled first')
  t.equal(predictMove(chip, edge.run.release).order, undefined)
  t.match(predictMove('IR-IO-APIC', edge.run.release, 'fasteoi'), { kind: 'immediate' })
  t.equal(predictMove('PCI-MSI', edge.run.release, 'fasteoi').order, undefined)
})

for (const edge of edges) {
  await t.test(`${edge.name}, as a level line`, async (t) => {
    const level = asLevel(without(movedLast(edge), acks))
    t.same(flipped(level), {}, 'every law is held')

    t.same(flipped(asLevel(without(edge, acks))), { 'first-on-old': 'violated' })
    t.equal(said(asLevel(edge), 'first-on-old'), 'the move was made before the handler ran')
    t.equal(said(movedLast(edge), 'first-on-old'), 'the handler ran before the move', 'an edge line')
    t.match(flipped(without(edge, acks)), { released: 'unproven' }, 'only a level line has no acknowledge')
  })
}
