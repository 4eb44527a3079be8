import t from 'tap'
import { CpuMask } from '../cpu-mask.ts'
import { irqState } from '../irq-state.ts'
import type { MoveEvidence } from '../move-evidence.ts'
import type { Reading } from '../reading.ts'
import { findingOf, type Line, readingOf, writeOf } from './whole-run-fixture.ts'

const HERE = { readBack: CpuMask.of(1), effective: CpuMask.of(1) }
const probe: Line = [0, 4, 'tracing_mark_write: irqlab probe irq=40 batch=1 first=a']
const entry = (cpu: number): Line => [cpu, 6, 'irq_handler_entry: irq=40 name=virtio3-req.0']
const FIRED = [probe, entry(1), entry(1)]

/** CPU 3 was refused to an irq of CPU 1, and two sectors were read. */
const refused = (after: Partial<Reading> = {}, facts: Partial<MoveEvidence> = {}): MoveEvidence =>
  writeOf({
    stimulus: { kind: 'read' },
    write: { requested: CpuMask.of(3), form: 'list', error: 'Input/output error', pid: 0 },
    before: readingOf(HERE),
    written: readingOf(HERE),
    batches: [
      {
        mark: 1,
        sent: [{ id: 'a' }, { id: 'b' }],
        taken: 2,
        received: ['a', 'b'],
        after: readingOf({ ...HERE, counts: [0, 2, 0, 0], ...after }),
      },
    ],
    ...facts,
  })

await t.test('fires where it fired', async (t) => {
  t.match(findingOf('unmoved', FIRED, refused()), {
    state: 'held',
    sentence: '2 interrupts after the refused write, all on CPU 1',
  })
})

await t.test('each sign of a move is enough', async (t) => {
  const config: Line = [1, 5, 'vector_config: irq=40 vector=36 cpu=3 apicdest=0x00000003']
  const signs: readonly (readonly [RegExp, MoveEvidence, readonly Line[]])[] = [
    [/effective went from 1 to 3/, refused({ effective: CpuMask.of(3) }), FIRED],
    [/effective went from 1 to 3/, refused({}, { written: readingOf({ readBack: CpuMask.of(1) }) }), FIRED],
    [/3 reads back instead of 1/, refused({ readBack: CpuMask.of(3) }), FIRED],
    [/the vector was changed/, refused(), [...FIRED, config]],
    [/is pending/, refused({ state: irqState(0x100) }), FIRED],
    [/interrupts: CPU 1: 1, CPU 3: 1/, refused({ counts: [0, 1, 0, 1] }), FIRED],
    [/interrupts: CPU 1: 2/, refused(), [probe, entry(1), entry(2)]],
    [/2 interrupts were counted, 1 were handled/, refused(), [probe, entry(1)]],
  ]
  for (const [says, move, lines] of signs)
    t.match(findingOf('unmoved', lines, move), { state: 'violated', sentence: says })
  const lost = refused()
  const batches = lost.batches.map((batch) => ({ ...batch, received: ['a'] }))
  t.match(findingOf('unmoved', FIRED, { ...lost, batches }), {
    state: 'violated',
    sentence: /never received/,
  })
})

await t.test('accepted, or never fired', async (t) => {
  const accepted = refused(
    {},
    { write: { requested: CpuMask.of(3), form: 'list', error: undefined, pid: 0 } },
  )
  t.match(findingOf('unmoved', FIRED, accepted), { state: 'violated', sentence: /and accepted$/ })
  t.match(findingOf('unmoved', [probe], refused({ counts: [0, 0, 0, 0] })), {
    state: 'unproven',
    sentence: 'no interrupt came',
  })
  t.match(findingOf('unmoved', [], refused({}, { batches: [] })), { state: 'unproven' })
})
