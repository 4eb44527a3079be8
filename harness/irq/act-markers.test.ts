/** Are our own lines in the trace found again, and no others? */
import t from 'tap'
import { actMarker, actsIn } from './act-markers.ts'
import { RECORDED } from './recorded-fixture.ts'
import { parseTrace } from './trace.ts'

const traceOf = (...lines: readonly string[]) =>
  parseTrace(
    [
      '# tracer: nop',
      `# entries-in-buffer/entries-written: ${lines.length}/${lines.length}   #P:4`,
      ...lines.map((text) => `              sh-117     [001] .....     5.884920: ${text}`),
      '',
    ].join('\n'),
  )

await t.test('a marker is written and read again', async (t) => {
  const marker = actMarker('write', { id: 3, irq: 28, mask: '0,2-3', form: 'hex' })
  t.equal(marker, 'irqlab write id=3 irq=28 mask=0,2-3 form=hex')
  t.equal(actMarker('hold', {}), 'irqlab hold')
  const trace = traceOf(`tracing_mark_write: ${marker} pid=117`, 'tracing_mark_write: irqlab hold')
  t.match(actsIn(trace, 'write'), [
    { fields: { id: '3', irq: '28', mask: '0,2-3', form: 'hex', pid: '117' } },
  ])
  t.equal(actsIn(trace, 'hold').length, 1)
})

await t.test('a verb is a whole word, and only of our own lines', async (t) => {
  const trace = traceOf(
    'tracing_mark_write: irqlab written id=3',
    'tracing_mark_write: irqlab hold-end id=3',
    'tracing_mark_write: somebody wrote irqlab write id=3',
    'set: irqlab write id=3',
    'tracing_mark_write: irqlab probe irq=28+30 batch=2 first=70',
  )
  t.same(actsIn(trace, 'write'), [])
  t.same(actsIn(trace, 'hold'), [])
  t.equal(actsIn(trace, 'written').length, 1)
  t.equal(actsIn(trace, 'hold-end').length, 1)
  t.match(actsIn(trace, 'probe'), [{ fields: { irq: '28+30', batch: '2', first: '70' } }])
})

await t.test('every act of every recorded run is marked', async (t) => {
  for (const { name, run } of RECORDED) {
    const ids = run.moves.map(({ id }) => String(id))
    for (const verb of ['write', 'written'] as const) {
      t.same(
        actsIn(run.trace, verb).map(({ fields }) => fields['id']),
        ids,
        `${name}: ${verb}`,
      )
    }
    const held = run.moves.filter(({ hold }) => hold !== undefined).map(({ id }) => String(id))
    for (const verb of ['hold', 'hold-end'] as const) {
      t.same(
        actsIn(run.trace, verb).map(({ fields }) => fields['id']),
        held,
        `${name}: ${verb}`,
      )
    }
    const batches = new Set(run.moves.flatMap((move) => move.batches.map(({ mark }) => String(mark))))
    const marked = new Set(actsIn(run.trace, 'probe').map(({ fields }) => fields['batch'] ?? ''))
    t.ok(batches.size >= 2 && [...batches].every((batch) => marked.has(batch)), `${name}: probes`)
  }
})
