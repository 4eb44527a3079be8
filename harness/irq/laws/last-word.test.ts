import t from 'tap'
import { CpuMask } from '../cpu-mask.ts'
import { irqState } from '../irq-state.ts'
import type { MoveEvidence } from '../move-evidence.ts'
import type { Reading } from '../reading.ts'
import { findingOf, type Line, readingOf, writeOf } from './whole-run-fixture.ts'

/** CPU 3 was written while nobody had the line; then it fired three times. */
const wrote = (written: Partial<Reading>, after: Partial<Reading>): MoveEvidence =>
  writeOf({
    written: readingOf({ counts: [4, 0, 1, 0], ...written }),
    batches: [
      {
        mark: 1,
        sent: [{ id: 'a' }],
        taken: 1,
        received: ['a'],
        after: readingOf({ counts: [4, 0, 1, 3], ...after }),
      },
    ],
  })
const probe: Line = [0, 4, 'tracing_mark_write: irqlab probe batch=1 irqs=40']
const configured = (cpu: number): Line => [
  3,
  5,
  `vector_config: irq=40 vector=36 cpu=${cpu} apicdest=0x0000000${cpu}`,
]

await t.test('the last write stays', async (t) => {
  t.match(findingOf('last-word', [probe], wrote({}, {})), {
    state: 'held',
    sentence: '3 was written and stayed so: interrupts on CPU 3: 3',
  })
  t.match(
    findingOf('last-word', [probe, configured(3)], wrote({}, {})),
    { state: 'held' },
    'started on its CPU',
  )
})

await t.test('an older request comes back', async (t) => {
  const older = { readBack: CpuMask.of(1) }
  const after = { ...older, effective: CpuMask.of(1), counts: [4, 2, 1, 1] }
  t.match(
    findingOf('last-word', [probe, configured(1)], wrote({ ...older, state: irqState(0x100) }, after)),
    {
      state: 'violated',
      sentence: '3 was written and accepted, 1 reads back; CPU 3 then moved the irq to CPU 1',
      numbers: { pending: 'true', counted: 'CPU 1: 2, CPU 3: 1' },
    },
    'as 5.10 to 7.3 do it',
  )
})

await t.test('each sign of it is enough', async (t) => {
  const signs: readonly (readonly [RegExp, Partial<Reading>, Partial<Reading>, readonly Line[]])[] = [
    [/^3 was written and accepted, 1 reads back$/, { readBack: CpuMask.of(1) }, {}, []],
    [/^3 was written; CPU 3 then moved the irq to CPU 1$/, {}, {}, [configured(1)]],
    [/^3 was written, effective became 1$/, {}, { effective: CpuMask.of(1) }, []],
    [/^3 was written, later 1 reads back$/, {}, { readBack: CpuMask.of(1) }, []],
    [/^interrupts were counted on CPU 1, outside 3$/, {}, { counts: [4, 1, 1, 2] }, []],
  ]
  for (const [says, written, after, lines] of signs) {
    const { state, sentence } = findingOf('last-word', [probe, ...lines], wrote(written, after))
    t.equal(state, 'violated')
    t.match(sentence, says)
  }
})

await t.test('without an interrupt nothing is said', async (t) => {
  t.match(findingOf('last-word', [], writeOf()), { state: 'unproven', sentence: 'no probe was sent' })
  t.match(findingOf('last-word', [probe], wrote({}, { counts: [4, 0, 1, 0] })), {
    state: 'unproven',
    sentence: 'no interrupt was counted',
  })
})

await t.test('a refused write is no word', async (t) => {
  const move = wrote({}, {})
  const refused = { ...move, write: { ...move.write, error: 'Invalid argument' } }
  t.match(findingOf('last-word', [probe], refused), { state: 'unproven', sentence: /refused/ })
})
