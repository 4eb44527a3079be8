import t from 'tap'
import { CpuMask } from '../cpu-mask.ts'
import { irqState } from '../irq-state.ts'
import type { MoveEvidence } from '../move-evidence.ts'
import type { Reading } from '../reading.ts'
import { findingsOf, type Line, readingOf, writeOf } from './whole-run-fixture.ts'

const PENDING = irqState(0x100)
const probe: Line = [0, 4, 'tracing_mark_write: irqlab probe irq=40 batch=1 first=1']
const entry = (cpu: number): Line => [cpu, 6, 'irq_handler_entry: irq=40 name=virtio1-output.0']
const config: Line = [1, 5, 'vector_config: irq=40 vector=36 cpu=3 apicdest=0x00000003']

/** CPU 3 was asked for while the irq was on CPU 1, and two frames were sent. */
const sent = (after: Partial<Reading>): MoveEvidence => {
  const before = readingOf({ effective: CpuMask.of(1), readBack: CpuMask.of(1) })
  return writeOf({
    stimulus: { kind: 'frame', queueIndex: 0 },
    before,
    written: readingOf({ effective: CpuMask.of(1), state: PENDING }),
    batches: [
      { mark: 1, sent: [{ id: '1' }, { id: '2' }], taken: 2, received: ['1', '2'], after: readingOf(after) },
    ],
  })
}
const fired = (after: Partial<Reading> = {}) => sent({ counts: [0, 1, 0, 1], ...after })
const silent = (after: Partial<Reading> = {}) => sent({ effective: CpuMask.of(1), state: PENDING, ...after })
const FIRED = [probe, config, entry(1), entry(3)]
const said = (move: MoveEvidence, lines: readonly Line[]) =>
  findingsOf('at-will', lines, move).get('by-firing')

await t.test('fired, and moved by it', async (t) => {
  t.match(said(fired(), FIRED), {
    state: 'held',
    sentence: '2 interrupts came of 2 probes, the first moved the irq from CPU 1 to CPU 3',
  })
})

await t.test('never fired, and never moved', async (t) => {
  t.match(said(silent(), [probe]), {
    state: 'held',
    sentence: 'no interrupt came of 2 probes, and nothing moved',
  })
})

await t.test('each sign of a move without an interrupt is enough', async (t) => {
  const signs: readonly (readonly [RegExp, Partial<Reading>, readonly Line[]])[] = [
    [/from 1 to 3 with no interrupt/, { effective: CpuMask.of(3) }, []],
    [/from 1 to 1 with no interrupt/, {}, [config]],
    [/is not pending, and no interrupt/, { state: irqState(0) }, []],
    [/^1 reads back/, { readBack: CpuMask.of(1) }, []],
    [/0 interrupts were counted, 1 were handled/, {}, [entry(1)]],
  ]
  for (const [says, after, lines] of signs)
    t.match(said(silent(after), [probe, ...lines]), { state: 'violated', sentence: says })
})

await t.test('each sign of an interrupt that did not move it is enough', async (t) => {
  const signs: readonly (readonly [RegExp, Partial<Reading>, readonly Line[]])[] = [
    [/effective is 1: requested was 3/, { effective: CpuMask.of(1) }, FIRED],
    [/one interrupt on the old CPU 1/, { counts: [0, 2, 0, 0] }, FIRED],
    [/one interrupt on the old CPU 1/, { counts: [0, 0, 0, 2] }, FIRED],
    [/configured 0 times/, {}, [probe, entry(1), entry(3)]],
    [/configured 2 times/, {}, [...FIRED, config]],
    [/still pending/, { state: PENDING }, FIRED],
  ]
  for (const [says, after, lines] of signs)
    t.match(said(fired(after), lines), { state: 'violated', sentence: says })
})

await t.test('without a frame, or without the pending bit, nothing is said', async (t) => {
  t.match(said(writeOf(), []), { state: 'unproven', sentence: 'no probe was sent' })
  t.match(said(silent({ state: undefined }), [probe]), { state: 'unproven' })
})
