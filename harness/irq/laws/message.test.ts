import t from 'tap'
import { findingOf, type Line } from './whole-run-fixture.ts'

const move = (from: readonly [number, number], to: readonly [number, number], irq = 40): Line => [
  from[0],
  1,
  `vector_update: irq=${irq} vector=${to[1]} cpu=${to[0]} prev_vector=${from[1]} prev_cpu=${from[0]}`,
]
const message = (cpu: number, vector: number, irq = 40): Line => [
  0,
  2,
  `message: (pci_msi_domain_write_msg+0x4/0x30) irq=${irq} lo=0xfee0${cpu}000 hi=0x0 data=0x${vector.toString(16)}`,
]
const to1 = move([2, 36], [1, 35])
const sameVector = move([1, 35], [3, 35])
const direct = [to1, message(1, 35)]
const byWay = [to1, message(2, 35), message(1, 35)]

await t.test('an MSI that can be masked: one message a move', async (t) => {
  t.match(findingOf('maskable', [...direct, sameVector, message(3, 35)]), {
    state: 'held',
    numbers: { moves: 2, changedBoth: 1, messages: 2 },
  })
  t.match(findingOf('maskable', [...byWay, sameVector, message(3, 35)]), {
    state: 'violated',
    sentence:
      '1 of 2 moves wrote the message more than once: CPU 2 vector 36 to CPU 1 vector 35 wrote address 0xfee02000 data 0x23, then address 0xfee01000 data 0x23',
  })
  t.match(findingOf('maskable', [...direct, message(1, 35)]), { state: 'violated' }, 'the same one twice')
})

await t.test('an MSI that cannot be masked: by way of the old CPU', async (t) => {
  t.match(findingOf('unmaskable', [...byWay, sameVector, message(3, 35)]), {
    state: 'held',
    sentence: '1 moves changed CPU and vector, each by way of the old CPU',
  })
  t.match(findingOf('unmaskable', direct), {
    state: 'violated',
    sentence:
      '1 of 1 moves changed CPU and vector in one write: CPU 2 vector 36 to CPU 1 vector 35 wrote address 0xfee01000 data 0x23',
  })
  t.match(
    findingOf('unmaskable', [to1, message(1, 36), message(1, 35)]),
    { state: 'violated' },
    'the old vector on the new CPU',
  )
  t.match(
    findingOf('unmaskable', [to1, message(1, 35), message(1, 35)]),
    { state: 'violated' },
    'twice the same',
  )
})

await t.test('moves that change but one of the two tell nothing', async (t) => {
  for (const book of ['maskable', 'unmaskable'] as const) {
    t.match(findingOf(book, [sameVector, message(3, 35)]), { state: 'unproven' })
    t.match(findingOf(book, []), { state: 'unproven' })
  }
})

await t.test('a kernel that cannot be probed proves nothing', async (t) => {
  for (const book of ['maskable', 'unmaskable'] as const)
    t.match(findingOf(book, [to1]), {
      state: 'unproven',
      sentence: 'the trace shows no message for the move to CPU 1 vector 35',
    })
})

await t.test('messages of other irqs are theirs', async (t) => {
  t.match(findingOf('maskable', [...direct, message(0, 33, 41), move([0, 32], [1, 33], 41)]), {
    state: 'held',
    numbers: { moves: 1, messages: 1 },
  })
})
