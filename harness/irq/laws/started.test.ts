import t from 'tap'
import { CpuMask } from '../cpu-mask.ts'
import type { MoveEvidence } from '../move-evidence.ts'
import type { Reading } from '../reading.ts'
import { findingOf, readingOf, writeOf } from './whole-run-fixture.ts'

const ALL = CpuMask.of(0, 1, 2, 3)

/** As a queue of virtio-net boots: its hint waits for the first interrupt. */
const HINTED = writeOf({
  given: { hint: CpuMask.of(2), start: ALL, node: -1, nodeCpus: CpuMask.of() },
  before: readingOf({ readBack: CpuMask.of(2), effective: CpuMask.of(1) }),
})
/** As a port of virtio-serial does: nobody asked for anything. */
const UNHINTED = writeOf({
  given: { hint: CpuMask.of(), start: CpuMask.of(0, 1), node: -1, nodeCpus: CpuMask.of() },
  before: readingOf({ readBack: CpuMask.of(0, 1), effective: CpuMask.of(1) }),
})

const told = (move: MoveEvidence, lines: Parameters<typeof findingOf>[1] = []) =>
  findingOf('untouched', lines, move)
const before = (move: MoveEvidence, facts: Partial<Reading>): MoveEvidence => ({
  ...move,
  before: { ...move.before, ...facts },
})
const immediate = (move: MoveEvidence): MoveEvidence => ({
  ...move,
  prediction: { ...move.prediction, kind: 'immediate' },
})

await t.test('where irqs start, or where the hint of the driver took it', async (t) => {
  t.match(told(UNHINTED), { state: 'held', sentence: 'on CPU 1 of 0-1' })
  t.match(told(HINTED), {
    state: 'held',
    sentence: 'on CPU 1 of 0-3; the hint 2 waits for the first interrupt',
  })
  const fired = before(HINTED, { counts: [0, 1, 0, 0], effective: CpuMask.of(2) })
  t.match(told(fired), { state: 'held', sentence: 'on CPU 2 of 2' })
  t.match(told(immediate(before(HINTED, { effective: CpuMask.of(2) }))), { state: 'held' })
})

await t.test('each fact that is changed is noticed', async (t) => {
  const wrong: readonly (readonly [string, MoveEvidence, RegExp])[] = [
    ['no CPU', before(UNHINTED, { effective: CpuMask.of() }), /effective is no CPU at all/],
    ['two CPUs', before(UNHINTED, { effective: CpuMask.of(0, 1) }), /effective is 0-1, not one CPU/],
    ['a CPU that is not there', before(HINTED, { effective: CpuMask.of(7) }), /7, which is not online/],
    ['outside of the default', before(UNHINTED, { effective: CpuMask.of(2) }), /2, outside of 0-1$/],
    ['another mask reads back', before(UNHINTED, { readBack: ALL }), /0-3 reads back, irqs start on 0-1$/],
    ['no hint reads back', before(HINTED, { readBack: ALL }), /0-3 reads back, its driver asked for 2$/],
    ['fired, and not moved', before(HINTED, { counts: [0, 1, 0, 0] }), /1, outside of 2$/],
    ['remapped, and not moved', immediate(HINTED), /1, outside of 2$/],
  ]
  for (const [fact, move, sentence] of wrong) t.match(told(move), { state: 'violated', sentence }, fact)
})

await t.test('a CPU that went offline is none to start on', async (t) => {
  const gone: Parameters<typeof findingOf>[1] = [[0, 0, 'tracing_mark_write: irqlab offlined cpu=1 status=0']]
  t.match(told(UNHINTED, gone), { state: 'violated', sentence: /which is not online/ })
  const elsewhere = before(UNHINTED, { readBack: CpuMask.of(0), effective: CpuMask.of(0) })
  t.match(told(elsewhere, gone), { state: 'held', sentence: 'on CPU 0 of 0' })
})

await t.test('a device of a node starts there, if irqs may start there at all', async (t) => {
  const of = (...nodeCpus: number[]): MoveEvidence => ({
    ...UNHINTED,
    given: { hint: CpuMask.of(), start: CpuMask.of(0, 1), node: 1, nodeCpus: CpuMask.of(...nodeCpus) },
  })
  t.match(told(before(of(1, 2), { readBack: CpuMask.of(1) })), { state: 'held', sentence: 'on CPU 1 of 1' })
  t.match(told(of(1, 2)), { state: 'violated', sentence: '0-1 reads back, irqs start on 1' })
  t.match(told(of(2, 3)), { state: 'held', sentence: 'on CPU 1 of 0-1' })
})

await t.test('what was not seen proves nothing', async (t) => {
  const { given: _, ...unseen } = UNHINTED
  t.match(told(unseen), { state: 'unproven', sentence: /does not show the hint/ })
  const unknown: MoveEvidence = {
    ...UNHINTED,
    prediction: { kind: 'unknown', cleanup: 'ipi', why: 'HV: unknown' },
  }
  t.match(told(unknown), { state: 'unproven', sentence: 'HV: unknown' })
})
