import t from 'tap'
import { CpuMask } from '../cpu-mask.ts'
import { irqState } from '../irq-state.ts'
import type { MoveEvidence } from '../move-evidence.ts'
import type { Reading } from '../reading.ts'
import { findingOf, type Line, readingOf, writeOf } from './whole-run-fixture.ts'

const mark = (text: string): Line => [0, 1, `tracing_mark_write: irqlab ${text}`]
const set = (mask: string): Line => [0, 1, `set: (irq_set_affinity_locked+0x0/0x1f0) irq=40 mask=${mask}`]
const BIND = mark('act what=bind pairs=2')
const BOUND = mark('acted what=bind status=0')
const WRITE = [mark('write id=2 irq=40 mask=3 pid=0'), set('0x8'), mark('written id=2 irq=40 status=0')]
const LINES = [BIND, set('0xc'), BOUND, ...WRITE]

/** The first write to input.1 of two, after bind: CPUs 2 and 3 are what the driver writes. */
const found = (before: Partial<Reading> = {}, facts: Partial<MoveEvidence> = {}): MoveEvidence =>
  writeOf({
    id: 2,
    queue: 'input.1',
    stimulus: { kind: 'datagram', queueIndex: 1 },
    before: readingOf({
      readBack: CpuMask.of(2, 3),
      effective: CpuMask.of(1),
      state: irqState(0x100),
      ...before,
    }),
    write: { requested: CpuMask.of(3), form: 'list', error: undefined, pid: 7 },
    ...facts,
  })

await t.test('what the driver wrote is pending, and nothing was counted', async (t) => {
  t.match(findingOf('started-anew', LINES, found()), {
    state: 'held',
    sentence: 'after bind 2-3 reads back, as the driver wrote it; effective was 1',
  })
})

await t.test('with remapping it was made at once', async (t) => {
  const prediction = { kind: 'immediate', cleanup: 'timer', why: 'for a test' } as const
  const made = { effective: CpuMask.of(2), state: irqState(0) }
  t.equal(findingOf('started-anew', LINES, found(made, { prediction })).state, 'held')
  t.match(findingOf('started-anew', LINES, found({ effective: CpuMask.of(2) }, { prediction })), {
    state: 'violated',
    sentence: /2-3 is pending after bind/,
  })
})

await t.test('each sign of the irq before it is enough', async (t) => {
  const signs: readonly (readonly [RegExp, Partial<Reading>])[] = [
    [/^0 reads back after bind, the driver should have written 2-3$/, { readBack: CpuMask.of(0) }],
    [/^2-3 is not pending after bind/, { state: irqState(0) }],
    [/^effective is 0-1 after bind$/, { effective: CpuMask.of(0, 1) }],
    [/^effective is no CPU at all after bind$/, { effective: CpuMask.of() }],
    [/^3 interrupts are counted/, { counts: [0, 3, 0, 0] }],
  ]
  for (const [says, before] of signs) {
    const { state, sentence } = findingOf('started-anew', LINES, found(before))
    t.equal(state, 'violated')
    t.match(sentence, says)
  }
  t.match(findingOf('started-anew', [BIND, BOUND, ...WRITE], found()), {
    state: 'violated',
    sentence: '2-3 reads back after bind, and nobody wrote it',
  })
})

await t.test('where the run does not tell, nothing is said', async (t) => {
  const cases: readonly (readonly [RegExp, readonly Line[], MoveEvidence])[] = [
    [/was not bound/, WRITE, found()],
    [/was not bound/, [...WRITE, BIND, set('0xc'), BOUND], found()],
    [/somebody else/, [BIND, set('0xc'), BOUND, set('0xc'), ...WRITE], found()],
    [/only virtio-net/, LINES, found({}, { stimulus: { kind: 'byte' } })],
    [/cannot be read/, LINES, found({ state: undefined })],
  ]
  for (const [says, lines, move] of cases) {
    const { state, sentence } = findingOf('started-anew', lines, move)
    t.equal(state, 'unproven')
    t.match(sentence, says)
  }
})
