/** Is a run's trace cut right to one move: its window, its irq, its writer, its queue? */
import t from 'tap'
import { eventOf } from './laws/doctored-fact-fixture.ts'
import {
  type Exhibit,
  exhibits,
  moveOf,
  traceOf,
  twice,
  withEvent,
  withEventAfter,
  withFields,
  without,
} from './laws/doctoring-fixture.ts'

const [deferred, immediate, replaced] = [
  exhibits('deferred', '6.1-plain-deferred-move')[0],
  exhibits('immediate', '7.3-remapped-immediate')[1],
  exhibits('replaced', 'overwritten')[0],
]
if (deferred === undefined || immediate === undefined || replaced === undefined)
  throw new Error('the samples were not recorded')

await t.test('a deferred move has its events, in their order', async (t) => {
  const trace = traceOf(deferred)
  t.equal(trace.unmarked, undefined)
  t.match(trace.write, { name: 'set', pid: 117, fields: { irq: '28', mask: '0x2' } })
  t.equal(trace.returned, 0)
  t.same(trace.foreignWrites, [])
  t.match(trace.configs, [{ name: 'vector_config', cpu: 0, fields: { irq: '28', cpu: '1' } }])
  t.match(trace.updates, [{ fields: { irq: '28', cpu: '1', prev_cpu: '0' } }])
  t.same(
    trace.interrupts.map(({ cpu }) => cpu),
    [0, 1, 1, 1],
  )
  t.same(
    trace.acks.map(({ cpu }) => cpu),
    [0, 1, 1, 1],
  )
  t.equal(trace.moves.length, 1)
  t.match(trace.freed, [{ cpu: 0, fields: { irq: '28', cpu: '0' } }])
  t.same(
    trace.deliveries.map(({ fields }) => fields['len']),
    ['78', '80', '82', '84'],
  )
  t.same(trace.retriggers, [])
  t.equal(trace.probes.length, 2)
  const [hold, end, first, second] = [trace.holdBegan, trace.holdEnded, ...trace.probes]
  const order = [trace.write, hold, end, first, trace.moves[0], trace.configs[0], trace.interrupts[0], second]
  const places = order.map((event) => event?.index ?? -1)
  t.same(
    places,
    places.toSorted((a, b) => a - b),
  )
  t.ok(places.every((place) => place > 0))
  t.equal(trace.matrixAllocs.length, 4, 'the matrix belongs to all: those of the neighbours are there too')
})

await t.test('an immediate move has the acknowledge of its own chip, and no hold', async (t) => {
  const trace = traceOf(immediate)
  const { write, irq } = moveOf(immediate)
  t.match(trace.configs, [{ pid: write.pid, hardirq: false, fields: { irq: String(irq.number) } }])
  t.match(trace, { moves: [], holdBegan: undefined, holdEnded: undefined })
  t.same(
    trace.acks.map(({ name, cpu }) => [name, cpu]),
    trace.interrupts.map(({ cpu }) => ['ack_remapped', cpu]),
  )
  t.equal(trace.interrupts.length, 3)
})

await t.test('a move ends where the next request of its irq begins', async (t) => {
  const trace = traceOf(replaced)
  const next = traceOf({ ...replaced, id: moveOf(replaced).replacedBy ?? 0 })
  t.match(trace, { interrupts: [], configs: [], deliveries: [], probes: [] })
  t.ok((trace.write?.index ?? Infinity) < (next.write?.index ?? 0))
  t.ok(next.interrupts.length > 0)
  const unended = without(replaced, (_, { trace: { events } }) =>
    events.find(({ text }) => text.startsWith(`irqlab write id=${moveOf(replaced).replacedBy} `)),
  )
  t.ok(traceOf(unended).foreignWrites.length > 0, 'with its mark gone, the next request is a stranger')
})

await t.test('a write of ours is told from others by process, irq and marks', async (t) => {
  const asked = (e: Exhibit) => eventOf(e, ({ write }) => write)
  const other = withEventAfter(deferred, ({ write }) => write, { ...asked(deferred), pid: 9, comm: 'tuned' })
  t.equal(traceOf(other).write?.pid, 117)
  t.match(traceOf(other).foreignWrites, [{ pid: 9, comm: 'tuned' }])
  const stolen = withEvent(
    deferred,
    ({ write }) => write,
    (event) => ({ ...event, pid: 9 }),
  )
  t.equal(traceOf(stolen).write, undefined)
  t.equal(traceOf(stolen).foreignWrites.length, 1)
  const late = withEventAfter(deferred, ({ holdBegan }) => holdBegan, asked(deferred))
  t.equal(traceOf(late).foreignWrites.length, 1, 'our own process, but not between the marks')
  const elsewhere = withFields(deferred, ({ write }) => write, { irq: '30' })
  t.match(traceOf(elsewhere), { write: undefined, foreignWrites: [] })
})

await t.test('a reservation is not a move, another queue is not ours', async (t) => {
  const reserved = withEventAfter(deferred, ({ holdBegan }) => holdBegan, {
    ...eventOf(deferred, ({ configs }) => configs[0]),
    fields: { irq: '28', vector: '239', cpu: '0' },
  })
  t.equal(traceOf(reserved).configs.length, 1)
  const strayed = withFields(deferred, ({ deliveries }) => deliveries[0], { queue_mapping: '2' })
  t.equal(traceOf(strayed).deliveries.length, 3)
})

await t.test('a mark of ours that is missing is named, one that stands twice changes nothing', async (t) => {
  const marks = ['write', 'written', 'hold', 'hold-end'] as const
  const mark = (verb: string) => (_: unknown, run: Exhibit['run']) =>
    run.trace.events.find(({ text }) => text.startsWith(`irqlab ${verb} id=${deferred.id} `))
  t.equal(traceOf(without(deferred, mark('write'))).unmarked, 'the write')
  t.equal(traceOf(without(deferred, mark('written'))).unmarked, 'the end of the write')
  t.equal(traceOf(without(deferred, ({ probes }) => probes[0])).unmarked, 'the first probe')
  t.equal(traceOf(without(deferred, ({ probes }) => probes[1])).unmarked, undefined)
  t.equal(traceOf(without(deferred, ({ probes }) => probes[1])).probes[1], undefined)
  t.equal(traceOf(without(deferred, mark('hold-end'))).holdEnded, undefined)
  for (const verb of marks) {
    const { interrupts, write, unmarked } = traceOf(twice(deferred, mark(verb)))
    t.equal(interrupts.length, 4, verb)
    t.equal(write?.pid, 117, verb)
    t.equal(unmarked, undefined, verb)
  }
})
