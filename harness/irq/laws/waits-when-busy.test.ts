/** Does the law of a rapid write tell one that had to wait from one that had not? */
import t from 'tap'
import { CpuMask } from '../cpu-mask.ts'
import { irqState } from '../irq-state.ts'
import type { MoveEvidence } from '../move-evidence.ts'
import { waitsWhenBusy } from './waits-when-busy.ts'
import { findingsOf, type Line, readingOf, writeOf } from './whole-run-fixture.ts'

const PENDING = irqState(0x300)
const AT_REST = irqState(0x200)
const on = (cpu: number, state = AT_REST) =>
  readingOf({ effective: CpuMask.of(cpu), readBack: CpuMask.of(3), state })

/** A write of CPU 3 to an irq that the write before has just taken from CPU 1 to CPU 2. */
function second(facts: Partial<MoveEvidence> = {}): MoveEvidence {
  const after = { ...on(3), counts: [0, 0, 1, 0] }
  return writeOf({
    id: 2,
    prediction: { kind: 'immediate', cleanup: 'timer', why: 'for a test' },
    before: on(2),
    written: on(2, PENDING),
    batches: [{ mark: 1, sent: [{ id: 'A' }], taken: 1, received: ['A'], after }],
    ...facts,
  })
}

const left: Line = [0, 1, 'vector_update: irq=40 vector=36 cpu=2 prev_vector=35 prev_cpu=1']
const write = (st: string): readonly Line[] => [
  [0, 2, 'tracing_mark_write: irqlab write id=2 irq=40 mask=3 pid=7', 7],
  [0, 2, `set: (irq_set_affinity_locked+0x0/0x1f0) irq=40 st=${st} mask=0x8 desc=0x1`],
  [0, 2, 'tracing_mark_write: irqlab written id=2 irq=40 status=0', 7],
]
const freed: Line = [1, 5, 'vector_free_moved: irq=40 cpu=1 vector=35 is_managed=0']
const probe: Line = [0, 9, 'tracing_mark_write: irqlab probe irq=40 batch=1 first=A', 7]
const moved: readonly Line[] = [
  [2, 10, 'vector_update: irq=40 vector=37 cpu=3 prev_vector=36 prev_cpu=2'],
  [2, 10, 'vector_config: irq=40 vector=37 cpu=3 apicdest=0x00000008'],
  [2, 10, 'irq_handler_entry: irq=40 name=virtio2-input'],
]
const findingOf = (lines: readonly Line[], move = second()) =>
  findingsOf('busy-at-once', lines, writeOf(), move).get(waitsWhenBusy.name)

await t.test('within the cleanup of the move before, and after a request that waits', async (t) => {
  const busy = [left, ...write('0x200'), freed, probe, ...moved]
  t.match(findingOf(busy), {
    state: 'held',
    sentence: 'vector 35 of CPU 1 was still to be freed: 3 waited for an interrupt, which made it',
  })
  t.match(findingOf([left, freed, ...write('0x300'), probe, ...moved]), {
    state: 'held',
    sentence: /^a request was pending at the write/,
  })
})

await t.test('what had to wait and did not, or was lost', async (t) => {
  const busy = [left, ...write('0x200'), freed, probe, ...moved]
  t.match(findingOf(busy, second({ written: on(2) })), { state: 'violated', sentence: /does not wait$/ })
  t.match(findingOf([left, ...write('0x200'), ...moved.slice(0, 2), freed, probe, ...moved.slice(2)]), {
    state: 'violated',
    sentence: /moved with no interrupt$/,
  })
  const [batch] = second().batches
  const stays = batch === undefined ? [] : [{ ...batch, after: { ...batch.after, effective: CpuMask.of(2) } }]
  t.match(findingOf(busy, second({ batches: stays })), {
    state: 'violated',
    sentence: '3 waited, effective is 2 in the end',
  })
})

await t.test('a cleanup that wins while the write is under way leaves nothing to wait for', async (t) => {
  const [begin, set, end] = write('0x200')
  const made: readonly Line[] = [
    [0, 2, 'vector_update: irq=40 vector=37 cpu=3 prev_vector=36 prev_cpu=2', 7, 'process'],
    [0, 2, 'vector_config: irq=40 vector=37 cpu=3 apicdest=0x00000008', 7, 'process'],
  ]
  if (begin === undefined || set === undefined || end === undefined) throw new RangeError('three lines')
  const under = (...lines: readonly Line[]) => [left, begin, set, ...lines, end, probe]
  const now = second({ written: on(3) })
  t.match(findingOf(under(freed, ...made), now), {
    state: 'held',
    sentence: 'effective went from 2 to 3 in the write itself',
  })
  t.match(findingOf(under(...made, freed), now), { state: 'violated', sentence: /does not wait$/ })
  const again: Line = [1, 20, 'vector_free_moved: irq=40 cpu=1 vector=35 is_managed=0']
  const before = [left, freed, begin, set, ...made, end, probe]
  t.match(findingOf(before, now), { state: 'held' })
  t.match(
    findingOf([...before, again], now),
    { state: 'held' },
    'it came back to that vector, and left it again',
  )
})

await t.test('what had not to wait must be made in the write', async (t) => {
  t.match(findingOf([left, freed, ...write('0x200'), probe, ...moved]), {
    state: 'violated',
    sentence: '3 was written, effective is 2 when the write returns',
  })
  t.match(findingOf([left, ...write('0x200'), freed, probe], second({ batches: [] })), {
    state: 'unproven',
    sentence: 'no interrupt came',
  })
})
