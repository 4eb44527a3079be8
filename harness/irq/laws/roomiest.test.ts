/** Does the law of a choice notice a CPU that had fewer vectors left? */
import t from 'tap'
import { CpuMask } from '../cpu-mask.ts'
import { roomiest } from './roomiest.ts'
import { findingsOf, type Line, readingOf, writeOf } from './whole-run-fixture.ts'

const left = (cpu: number, avl: number): Line => [
  0,
  1,
  `irq_matrix_free: bit=99 cpu=${cpu} online=1 avl=${avl} alloc=3 managed=0 online_maps=4 global_avl=800, global_rsvd=9, total_alloc=9`,
]
const movedTo = (cpu: number): readonly Line[] => [
  [
    0,
    2,
    `irq_matrix_alloc: bit=36 cpu=${cpu} online=1 avl=7 alloc=3 managed=0 online_maps=4 global_avl=800, global_rsvd=9, total_alloc=9`,
  ],
  [0, 2, `vector_update: irq=40 vector=36 cpu=${cpu} prev_vector=35 prev_cpu=0`],
  [0, 2, `vector_config: irq=40 vector=36 cpu=${cpu} apicdest=0x00000001`],
]
const asked = (...cpus: number[]) =>
  writeOf({
    write: { requested: CpuMask.of(...cpus), form: 'list', error: undefined, pid: 7 },
    batches: [{ mark: 1, sent: [], taken: 0, received: [], after: readingOf({ effective: CpuMask.of(2) }) }],
  })
const findingOf = (lines: readonly Line[], move = asked(1, 2)) =>
  findingsOf(
    'roomiest',
    [[0, 0, 'tracing_mark_write: irqlab probe irq=40 batch=1 first=A'], ...lines],
    move,
  ).get(roomiest.name)

await t.test('most vectors left, and of equals any', async (t) => {
  t.match(findingOf([left(1, 190), left(2, 195), ...movedTo(2)]), { state: 'held' })
  t.match(findingOf([left(3, 200), left(2, 200), ...movedTo(2)], asked(2, 3)), { state: 'held' })
  t.match(findingOf([left(1, 195), left(2, 195), ...movedTo(2)]), { state: 'held' })
})

await t.test('one that had fewer, or that was not asked for', async (t) => {
  t.match(findingOf([left(1, 196), left(2, 195), ...movedTo(2)]), {
    state: 'violated',
    sentence: 'CPU 2 was chosen, vectors left were CPU 1: 196, CPU 2: 195',
  })
  t.match(findingOf([left(1, 195), left(2, 195), left(3, 200), ...movedTo(3)]), { state: 'violated' })
  t.match(findingOf([left(1, 195), left(3, 200), ...movedTo(3)], asked(1, 3)), {
    state: 'violated',
    sentence: 'CPU 3 was chosen, effective is 2',
  })
})

await t.test('what the trace does not tell', async (t) => {
  t.match(findingOf([left(2, 195), ...movedTo(2)]), { state: 'unproven', sentence: /how many vectors CPU 1/ })
  t.match(findingOf([left(1, 1), left(2, 2), ...movedTo(2).slice(1)]), { state: 'unproven' })
  t.match(findingOf([left(1, 1), left(2, 2)]), { state: 'unproven', sentence: 'the irq did not move' })
  t.match(findingOf(movedTo(2), asked(2)), { state: 'unproven', sentence: '2 is no choice' })
})
