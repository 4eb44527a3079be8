import t from 'tap'
import type { MoveEvidence, ProbeBatch } from '../move-evidence.ts'
import { findingsOf, type Line, readingOf, writeOf } from './whole-run-fixture.ts'

const mark = (batch: number, ms: number, irq = '40'): Line => [
  0,
  ms,
  `tracing_mark_write: irqlab probe irq=${irq} batch=${batch}`,
]
const packet = (len: number, ms: number, queue = 1): Line => [
  2,
  ms,
  `napi_gro_receive_entry: dev=test0 napi_id=0x2002 queue_mapping=${queue} skbaddr=0 len=${len} data_len=0`,
]
const batch = (number: number, ids: readonly number[], facts: Partial<ProbeBatch> = {}): ProbeBatch => ({
  mark: number,
  sent: ids.map((id) => ({ id: String(id) })),
  taken: ids.length,
  received: undefined,
  after: readingOf(),
  ...facts,
})

const SENT = writeOf({
  queue: 'input.0',
  stimulus: { kind: 'datagram', queueIndex: 0 },
  batches: [batch(1, [64, 65, 66, 64]), batch(3, [67])],
})
const FIRST = [mark(1, 1), packet(64, 2), packet(65, 3), packet(66, 4), packet(64, 5)]
const OTHERS = [mark(2, 6, '38'), packet(80, 7, 2)]
const LAST = [mark(3, 8, '38+40'), packet(67, 9), packet(81, 10, 2)]

const found = (lines: readonly Line[], move: MoveEvidence = SENT) =>
  findingsOf('load', lines, move).get('in-order')

await t.test('everything comes once and in order, whatever other queues are sent', async (t) => {
  t.match(found([...FIRST, ...OTHERS, ...LAST]), {
    state: 'held',
    sentence: '5 were sent in 2 batches, and received in that order',
  })
})

await t.test('lost, twice, out of order, a stranger, on another queue', async (t) => {
  const without = (at: number) => FIRST.filter((_, place) => place !== at)
  const cases: readonly (readonly [RegExp, readonly Line[]])[] = [
    [/^1 of 4 were never received, the first is number 2$/, without(2)],
    [/^1 of 4 were never received, the first is number 4$/, without(4)],
    [/^number 4 of 4 is 64, and 66 was received$/, [...without(4), packet(66, 5), packet(64, 5)]],
    [
      /^number 1 of 4 is 64, and 65 was received$/,
      [mark(1, 1), packet(65, 2), packet(64, 3), packet(66, 4), packet(64, 5)],
    ],
    [/^number 5 of 4 is none, and 99 was received$/, [...FIRST, packet(99, 5)]],
    [
      /^1 of 4 were never received, the first is number 3$/,
      FIRST.map((line, at) => (at === 3 ? packet(66, 4, 2) : line)),
    ],
  ]
  for (const [says, lines] of cases)
    t.match(found([...lines, ...OTHERS, ...LAST]), { state: 'violated', sentence: says })
  t.match(found([...FIRST, ...OTHERS, ...LAST.slice(0, 1)]), {
    state: 'violated',
    sentence: /^1 of 1 were never/,
  })
})

await t.test('what QEMU never took is no loss of the guest', async (t) => {
  const move = { ...SENT, batches: [batch(1, [64, 65, 66, 64], { taken: 3 }), batch(3, [67])] }
  t.match(found([...FIRST.slice(0, 4), ...LAST], move), {
    state: 'unproven',
    sentence: 'QEMU took 3 of 4 datagrams',
  })
})

await t.test('of a queue that nobody hears QEMU takes some, and those are lost', async (t) => {
  const move = { ...SENT, batches: [batch(1, [64, 65, 66, 64], { taken: 3 }), batch(3, [67])] }
  t.match(found([...FIRST.slice(0, 3), ...LAST], move), {
    state: 'violated',
    sentence: '1 of the 3 of 4 that QEMU took were never received',
  })
})

await t.test('what a reader in the guest noted counts as it stands', async (t) => {
  const bytes = (received: readonly string[]) =>
    writeOf({ batches: [{ ...batch(1, []), sent: [{ id: 'a' }, { id: 'b' }], taken: 2, received }] })
  t.match(found([mark(1, 1)], bytes(['a', 'b'])), { state: 'held' })
  t.match(found([mark(1, 1)], bytes(['b', 'a'])), { state: 'violated' })
  t.match(found([mark(1, 1)], bytes(['a'])), { state: 'violated' })
})

await t.test('nothing sent, or no begin in the trace: nothing is said', async (t) => {
  t.match(found([mark(1, 1)], writeOf()), { state: 'unproven', sentence: 'nothing was sent' })
  t.match(found([mark(1, 1), ...FIRST.slice(1)]), { state: 'unproven', sentence: /where batch 3 began/ })
})
