import t from 'tap'
import { CpuMask } from '../cpu-mask.ts'
import { irqState } from '../irq-state.ts'
import type { MoveEvidence } from '../move-evidence.ts'
import type { Reading } from '../reading.ts'
import { findingsOf, type Line, readingOf, writeOf } from './whole-run-fixture.ts'

const PENDING = irqState(0x100)
const IDS = Array.from({ length: 25 }, (_, at) => String(64 + at))
const packet = (len: string, ms: number): Line => [
  2,
  ms,
  `napi_gro_receive_entry: dev=test0 napi_id=0x2002 queue_mapping=1 skbaddr=0 len=${len} data_len=0`,
]
const mark = (batch: number, ms: number): Line => [
  0,
  ms,
  `tracing_mark_write: irqlab probe irq=40 batch=${batch}`,
]
const ack = (cpu: number, ms: number): Line => [cpu, ms, 'ack: (apic_ack_edge+0x0/0x70) irq=40']
const entry = (cpu: number, ms: number): Line => [cpu, ms, 'irq_handler_entry: irq=40 name=virtio1-input.0']
const config = (cpu: number, on: number, ms: number): Line => [
  on,
  ms,
  `vector_config: irq=40 vector=36 cpu=${cpu} apicdest=0x0`,
]

const STREAM = [mark(1, 1), ...IDS.map((id, at) => packet(id, 2 + at))]
const MOVE = [mark(2, 100), ack(2, 101), config(3, 2, 102), entry(2, 103), packet('90', 104)]
const LATER = [ack(3, 110), entry(3, 111), packet('91', 112)]

/** From CPU 2 to CPU 3: 25 packets that a timer fetched, then two that fired. */
function polled(
  change: { readonly stream?: Partial<Reading>; readonly end?: Partial<Reading> } = {},
): MoveEvidence {
  const before = readingOf({ effective: CpuMask.of(2), readBack: CpuMask.of(2) })
  const pending = readingOf({ effective: CpuMask.of(2), state: PENDING })
  return writeOf({
    queue: 'input.0',
    stimulus: { kind: 'datagram', queueIndex: 0 },
    before,
    written: pending,
    batches: [
      {
        mark: 1,
        sent: IDS.map((id) => ({ id })),
        taken: 25,
        received: undefined,
        after: { ...pending, ...change.stream },
      },
      {
        mark: 2,
        sent: [{ id: '90' }, { id: '91' }],
        taken: 2,
        received: undefined,
        after: readingOf({ counts: [0, 0, 1, 1], ...change.end }),
      },
    ],
  })
}

const found = (lines: readonly Line[], move = polled()) =>
  findingsOf('polled', lines, move).get('not-by-packets')

await t.test('packets without an interrupt move nothing, the first interrupt does', async (t) => {
  t.match(found([...STREAM, ...MOVE, ...LATER]), {
    state: 'held',
    sentence:
      '25 packets came without an interrupt and moved nothing; the first interrupt moved the irq from CPU 2 to CPU 3',
    numbers: { packets: 25 },
  })
  const early = [...STREAM.slice(0, 22), ...MOVE.slice(1), ...STREAM.slice(22), ...LATER]
  const sooner = polled({ stream: { counts: [0, 0, 1, 0], effective: CpuMask.of(3), state: irqState(0) } })
  t.match(
    found(early, sooner),
    { state: 'held', numbers: { packets: 21 } },
    'an interrupt among the last of them',
  )
})

await t.test('each sign of a move without an interrupt is enough', async (t) => {
  const signs: readonly (readonly [RegExp, readonly Line[], MoveEvidence])[] = [
    [
      /^the irq was set to CPU 3 after 25 packets and no interrupt$/,
      [...STREAM, config(3, 2, 90), ...MOVE, ...LATER],
      polled(),
    ],
    [
      /^effective went from 2 to 3 and no interrupt was counted$/,
      [...STREAM, ...MOVE, ...LATER],
      polled({ stream: { effective: CpuMask.of(3) } }),
    ],
    [/^2 reads back/, [...STREAM, ...MOVE, ...LATER], polled({ stream: { readBack: CpuMask.of(2) } })],
    [
      /^the request is not pending/,
      [...STREAM, ...MOVE, ...LATER],
      polled({ stream: { state: irqState(0) } }),
    ],
  ]
  for (const [says, lines, move] of signs) t.match(found(lines, move), { state: 'violated', sentence: says })
})

await t.test('and the first interrupt has to move it', async (t) => {
  const says = 'the first interrupt did not move the irq on the old CPU'
  const unmoved = MOVE.filter(([, , payload]) => !payload.startsWith('vector_config'))
  t.match(found([...STREAM, ...unmoved, ...LATER]), { state: 'violated', sentence: says })
  const second: Line[] = [ack(2, 110), config(3, 2, 111), entry(2, 112)]
  t.match(
    found([...STREAM, ...unmoved, ...second]),
    { state: 'violated', sentence: says },
    'the second one did',
  )
  const elsewhere = MOVE.map((line) => (line[2].startsWith('vector_config') ? config(3, 1, 102) : line))
  t.match(found([...STREAM, ...elsewhere, ...LATER]), { state: 'violated', sentence: says }, 'on another CPU')
  t.match(found([...STREAM, ...MOVE], polled({ end: { effective: CpuMask.of(1) } })), { state: 'violated' })
  t.match(found([...STREAM, ...MOVE], polled({ end: { state: PENDING } })), {
    state: 'violated',
    sentence: 'the request is still pending',
  })
})

await t.test('without packets, or without an interrupt, nothing is said', async (t) => {
  t.match(found([...STREAM.slice(0, 11), ...MOVE.slice(1), ...LATER]), {
    state: 'unproven',
    sentence: 'only 10 packets came before an interrupt, 20 are asked for',
  })
  t.match(found(STREAM), { state: 'unproven', sentence: 'no interrupt came' })
  t.match(found([...STREAM, ...MOVE, ...LATER], polled({ end: { state: undefined } })), { state: 'unproven' })
})
