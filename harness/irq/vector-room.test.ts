import t from 'tap'
import { assert } from '../base/errors.ts'
import type { Trace } from './trace.ts'
import { parseTraceEntry } from './trace-event.ts'
import { vectorsLeft } from './vector-room.ts'

const said = (name: string, cpu: number, avl: string) =>
  `${name}: bit=33 cpu=${cpu} online=1 avl=${avl} alloc=1 managed=0 online_maps=4 global_avl=7, global_rsvd=0, total_alloc=9`

function traceOf(...payloads: readonly string[]): Trace {
  const events = payloads.map((payload, index) => {
    const entry = parseTraceEntry(`  sh-251  [001] d..2.  9.${String(index).padStart(6, '0')}: ${payload}`)
    assert(entry !== undefined, payload)
    return { ...entry, index }
  })
  const count = events.length
  return { events, lostEvents: false, strayStacks: 0, entriesInBuffer: count, entriesWritten: count }
}

await t.test('the last that was said of this CPU before that place', async (t) => {
  const trace = traceOf(
    said('irq_matrix_alloc', 2, '1'),
    said('irq_matrix_alloc', 2, '0'),
    said('irq_matrix_alloc', 1, '77'),
    said('irq_matrix_free', 2, '1'),
  )
  t.equal(vectorsLeft(trace, 2, 1), 1)
  t.equal(vectorsLeft(trace, 2, 3), 0)
  t.equal(vectorsLeft(trace, 2, 4), 1, 'one was given back')
  t.equal(vectorsLeft(trace, 1, 4), 77)
})

await t.test('nothing was said, or nothing that we can read', async (t) => {
  t.equal(vectorsLeft(traceOf(said('irq_matrix_alloc', 1, '0')), 2, 1), undefined)
  t.equal(vectorsLeft(traceOf(said('irq_matrix_alloc', 2, '0')), 2, 0), undefined)
  t.equal(vectorsLeft(traceOf(said('irq_matrix_alloc', 2, '(fault)')), 2, 1), undefined)
  t.equal(vectorsLeft(traceOf(said('irq_matrix_reserve', 2, '0')), 2, 1), undefined)
})
