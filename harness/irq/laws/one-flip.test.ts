import t from 'tap'
import { CpuMask } from '../cpu-mask.ts'
import { irqState } from '../irq-state.ts'
import type { Reading } from '../reading.ts'
import { findingsOf, type Line, readingOf, writeOf } from './whole-run-fixture.ts'

const set = (ms: number, pid = 7): Line => [
  0,
  ms,
  `set: (irq_set_affinity_locked+0x0/0x1) irq=40 mask=0x8`,
  pid,
]
const ack = (cpu: number, ms: number): Line => [cpu, ms, 'ack: (apic_ack_edge+0x0/0x70) irq=40']
const entry = (cpu: number, ms: number): Line => [cpu, ms, 'irq_handler_entry: irq=40 name=virtio1-input.0']
const config = (cpu: number, on: number, ms: number, vector = 36): Line => [
  on,
  ms,
  `vector_config: irq=40 vector=${vector} cpu=${cpu} apicdest=0x0`,
]
const freed = (cpu: number, ms: number): Line => [
  cpu,
  ms,
  `vector_free_moved: irq=40 cpu=${cpu} vector=35 is_managed=0`,
]
const mark: Line = [0, 1, 'tracing_mark_write: irqlab probe irq=40 batch=1']

/** On CPU 2, interrupted once; the next one moves it to CPU 3, where two more come. */
const BURST = [
  mark,
  set(2),
  ack(2, 10),
  config(3, 2, 11),
  entry(2, 12),
  ack(3, 13),
  entry(3, 14),
  freed(2, 15),
  ack(3, 16),
  entry(3, 17),
]

/** The request for CPU 3 of an irq on CPU 2, and what was read in the end. */
function burst(end: Partial<Reading> = {}, written: Partial<Reading> = {}) {
  const before = readingOf({ effective: CpuMask.of(2), counts: [0, 0, 0, 0] })
  return writeOf({
    before,
    written: { ...before, state: irqState(0x100), ...written },
    batches: [
      {
        mark: 1,
        sent: [{ id: '64' }],
        taken: 1,
        received: undefined,
        after: readingOf({ counts: [0, 0, 1, 2], ...end }),
      },
    ],
  })
}

const found = (lines: readonly Line[], move = burst()) => findingsOf('load', lines, move).get('one-flip')
const at = (lines: readonly Line[], index: number, ...more: readonly Line[]) =>
  lines.toSpliced(index, 0, ...more)
const without = (lines: readonly Line[], index: number) => lines.toSpliced(index, 1)

await t.test('one move, and interrupts on one side of it and on the other', async (t) => {
  t.match(found(BURST), {
    state: 'held',
    sentence: '1 requests made 1 moves in 3 interrupts, 0 of them under way',
  })
  const more = burst({ counts: [0, 0, 2, 2] })
  t.match(found(at(BURST, 5, ack(2, 12), entry(2, 12)), more), { state: 'held', numbers: { underWay: 1 } })
  t.match(found(at(BURST, 10, config(3, 3, 18, 239))), { state: 'held' }, 'a reservation is no move')
})

await t.test('what must not be', async (t) => {
  const sent: readonly (readonly [RegExp, readonly Line[]])[] = [
    [/^an interrupt came to CPU 2, the irq was on CPU 3/, at(BURST, 5, ack(2, 12), ack(2, 12))],
    [/^an interrupt came to CPU 1, the irq was on CPU 2/, at(BURST, 2, ack(1, 5))],
    [/^one request moved the irq twice/, at(BURST, 8, config(3, 3, 15))],
    [
      /^the irq was set to CPU 1, which nobody asked for/,
      BURST.map((line, i) => (i === 3 ? config(1, 2, 11) : line)),
    ],
    [/^the irq was set to CPU 3, which nobody asked for/, without(BURST, 1)],
    [
      /^the irq was on CPU 2 and was moved by CPU 0/,
      BURST.map((line, i) => (i === 3 ? config(3, 0, 11) : line)),
    ],
    [/^an interrupt came with nothing in the way, and did not move the irq, at 0.010/, without(BURST, 3)],
    [/did not move the irq, at 0.005/, at(BURST, 2, ack(2, 5))],
  ]
  for (const [says, lines] of sent) t.match(found(lines), { state: 'violated', sentence: says })
})

await t.test('the counters have to agree with the trace', async (t) => {
  t.match(found(BURST, burst({ counts: [0, 0, 1, 3] })), {
    state: 'violated',
    sentence: 'CPU 3 counted 3 interrupts, the trace shows 2',
  })
  t.match(found(BURST, burst({ counts: [0, 0, 0, 2] })), { state: 'violated', sentence: /^CPU 2 counted 0/ })
  const collided = at(BURST, 5, ack(3, 12))
  t.match(found(collided), { state: 'held' }, 'sent away while the old CPU ran the handler: not counted')
})

await t.test('what fires after the last reading is not in it', async (t) => {
  const mark = (verb: 'reading' | 'read', ms: number): Line => [
    0,
    ms,
    `tracing_mark_write: irqlab ${verb} mark=7.9 irq=40`,
  ]
  const after = [mark('reading', 18), mark('read', 19), ack(3, 20), entry(3, 21)]
  t.match(found([...BURST, ...after], burst({ mark: '7.9' })), { state: 'held', numbers: { interrupts: 4 } })
  const within = [mark('reading', 18), ack(3, 18), entry(3, 18), mark('read', 19)]
  for (const counts of [
    [0, 0, 1, 2],
    [0, 0, 1, 3],
  ])
    t.match(found([...BURST, ...within], burst({ mark: '7.9', counts })), { state: 'held' }, 'or may be')
  t.match(found([...BURST, ...after], burst({ mark: '7.9', counts: [0, 0, 1, 3] })), { state: 'violated' })
})

await t.test('a request in the cleanup of the one before waits for it', async (t) => {
  const again = [
    ...BURST.slice(0, 5),
    ack(3, 13),
    entry(3, 14),
    [0, 15, 'tracing_mark_write: irqlab write id=2 irq=40 mask=2 pid=7'],
    set(16),
    [0, 16, 'tracing_mark_write: irqlab written id=2 irq=40 status=0'],
    ack(3, 17),
    entry(3, 18),
    freed(2, 19),
    ack(3, 20),
    config(2, 3, 21),
    entry(3, 22),
    ack(2, 23),
    entry(2, 24),
  ] as const satisfies readonly Line[]
  const second = {
    ...burst({ counts: [0, 0, 2, 3], effective: CpuMask.of(2), readBack: CpuMask.of(2) }),
    id: 2,
    write: { requested: CpuMask.of(2), form: 'list', error: undefined, pid: 7 },
  } as const
  const first = { ...burst(), batches: [] }
  const both = (lines: readonly Line[]) => findingsOf('load', lines, first, second).get('one-flip')
  t.match(both(again), { state: 'held', numbers: { requests: 2, flips: 2 } })
  t.match(both(again.filter(([, ms]) => ms < 19)), { state: 'violated' }, 'it never came to be')
  const late = at(again, 13, ack(3, 19), entry(3, 19))
  t.match(both(late), { state: 'violated', sentence: /^an interrupt came with nothing in the way/ })
})

await t.test('the end has to be what was asked for', async (t) => {
  t.match(found(BURST, burst({ effective: CpuMask.of(2) })), {
    state: 'violated',
    sentence: /effective is 2$/,
  })
  t.match(found(BURST, burst({ state: irqState(0x100) })), { state: 'violated' })
})

await t.test('another writer, or no interrupt after the move: nothing is said', async (t) => {
  t.match(found(at(BURST, 2, set(3, 99))), {
    state: 'unproven',
    sentence: /^disturbed: .*-99 wrote mask 0x8/,
    numbers: { disturbed: /-99/ },
  })
  const obeyed = [
    ...at(BURST, 3, set(11, 99)).map((line) => line),
    config(1, 3, 18),
    entry(3, 19),
    ack(1, 20),
  ]
  t.match(found(obeyed), { state: 'unproven', sentence: /^disturbed: .*-99/ }, 'and obeyed')
  const wrongBefore = at(BURST, 3, config(1, 2, 10), set(10, 99))
  t.match(found(wrongBefore), { state: 'violated' }, 'what was wrong before he wrote stays wrong')
  t.match(found(BURST.slice(0, 5), burst({ counts: [0, 0, 1, 0] })), {
    state: 'unproven',
    sentence: 'no interrupt came after a move',
  })
})

await t.test('with remapping the write itself moves the irq', async (t) => {
  const move = {
    ...burst(),
    prediction: { ...burst().prediction, kind: 'immediate' as const },
  }
  const writing = (ms: number, verb: string): Line => [
    0,
    ms,
    `tracing_mark_write: irqlab ${verb} id=1 irq=40 ${verb === 'write' ? 'mask=3 pid=7' : 'status=0'}`,
    7,
  ]
  const byWriter: Line = [0, 3, 'vector_config: irq=40 vector=36 cpu=3 apicdest=0x0', 7, 'process']
  const moved = [
    mark,
    writing(1, 'write'),
    set(2),
    byWriter,
    writing(4, 'written'),
    ack(2, 10),
    entry(2, 12),
    ack(3, 13),
    entry(3, 14),
    freed(2, 15),
    ack(3, 16),
    entry(3, 17),
  ]
  const of = (lines: readonly Line[]) => found(lines, move)
  t.match(of(moved), { state: 'held', numbers: { flips: 1, underWay: 1 } })
  t.match(
    found(moved),
    { state: 'violated', sentence: /or in no interrupt/ },
    'which is no way to move without remapping',
  )
  t.match(of(BURST), { state: 'violated', sentence: /^the irq was moved by .*, not by the write/ })
  const late = [...without(moved, 3).slice(0, 5), config(3, 2, 11), ...without(moved, 3).slice(5)]
  t.match(of(late), { state: 'violated', sentence: /^a write returned that had not moved the irq/ })
  const pending = late.map(([cpu, ms, payload, ...rest]): Line => [
    cpu,
    ms,
    payload.replace('irq=40 mask=0x8', 'irq=40 st=0x300 mask=0x8'),
    ...rest,
  ])
  t.match(of(pending), { state: 'held' }, 'behind one that is pending it waits like that one')
  const stranger = moved.map((line, i): Line =>
    i === 3 ? [0, 3, 'vector_config: irq=40 vector=36 cpu=3 apicdest=0x0', 8, 'process'] : line,
  )
  t.match(of(stranger), { state: 'violated', sentence: /-8, not by the write/ })
  t.match(of(at(moved, 7, ack(2, 12))), { state: 'violated', sentence: /^an interrupt came to CPU 2/ })
})
