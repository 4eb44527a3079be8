/** Is a stranger noticed, named and timed, and are our own acts never taken for a stranger's? */
import t from 'tap'
import { disturbance, strangersWrite } from './disturbance.ts'
import { BOOKS } from './laws/books-fixture.ts'
import { eventOf } from './laws/doctored-fact-fixture.ts'
import {
  type Exhibit,
  exhibits,
  moveOf,
  type Pick,
  traceOf,
  withEventAfter,
  withFields,
  withMove,
  without,
} from './laws/doctoring-fixture.ts'

const said = (exhibit: Exhibit): string | undefined => disturbance(moveOf(exhibit), traceOf(exhibit))
const [deferred] = exhibits('deferred', '6.1-plain-deferred-move')
if (deferred === undefined) throw new Error('the sample was not recorded')
const held: Pick = ({ holdBegan }) => holdBegan
const seconds = (pick: Pick): string => `${(eventOf(deferred, pick).timeUs / 1e6).toFixed(6)} s`

await t.test('nobody disturbed the recorded runs, in any of their moves', async (t) => {
  for (const exhibit of BOOKS.flatMap((book) => exhibits(book))) {
    for (const { id } of exhibit.run.moves.filter(({ queue }) => queue.startsWith('input.')))
      t.equal(said({ ...exhibit, id }), undefined, `${exhibit.name}: ${id}`)
  }
})

await t.test('who wrote, what and when', async (t) => {
  const foreign = withEventAfter(deferred, held, {
    ...eventOf(deferred, ({ write }) => write),
    comm: 'irqbalance',
    pid: 77,
  })
  t.equal(said(foreign), `irqbalance-77 wrote mask 0x2 to irq 28 at ${seconds(held)}`)
})

await t.test('which packet came that we did not send', async (t) => {
  const stray = withFields(deferred, ({ deliveries }) => deliveries[0], { len: '342' })
  const when = seconds(({ deliveries }) => deliveries[0])
  t.equal(said(stray), `a packet of 342 bytes that we did not send came to input.0 at ${when}`)
  const unsent = withMove(deferred, (move) => ({ ...move, batches: move.batches.slice(0, 1) }))
  t.match(said(unsent), /^a packet of 80 bytes/, 'a probe of nobody is a stranger')
})

await t.test('which interrupt came before any probe', async (t) => {
  const early = withEventAfter(
    deferred,
    held,
    eventOf(deferred, ({ interrupts }) => interrupts[0]),
  )
  t.equal(said(early), `irq 28 fired on CPU 0 at ${seconds(held)}, before any probe was sent`)
  const unprobed = withMove(
    without(deferred, ({ deliveries }) => deliveries),
    (move) => ({
      ...move,
      batches: [],
    }),
  )
  t.match(said(unprobed), /^irq 28 fired on CPU 0 at/, 'with no probe at all, no interrupt is ours')
})

await t.test(
  'a stranger before the end of the window excuses the kernel, one after it does not',
  async (t) => {
    const first = BOOKS.flatMap((book) => exhibits(book)).find((exhibit) => traceOf(exhibit).end < Infinity)
    if (first === undefined) throw new Error('no recorded move was followed by another')
    const { run } = first
    const { end } = traceOf(first)
    const his = { ...eventOf(first, ({ write }) => write), comm: 'irqbalance', pid: 77 }
    const excuse = (at: number) => {
      const events = run.trace.events.toSpliced(at, 0, his).map((event, index) => ({ ...event, index }))
      const disturbed = { ...first, run: { ...run, trace: { ...run.trace, events } } }
      return strangersWrite(disturbed.run, moveOf(disturbed), traceOf(disturbed))
    }
    t.match(excuse(0), /^irqbalance-77 wrote mask/)
    t.match(excuse(end), /^irqbalance-77 wrote mask/)
    t.equal(excuse(end + 1), undefined)
  },
)
