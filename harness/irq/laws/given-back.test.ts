import t from 'tap'
import { findingOf, type Line } from './whole-run-fixture.ts'

const update = (cpu: number, vector: number, prevCpu: number, prevVector: number, ms: number): Line => [
  prevCpu,
  ms,
  `vector_update: irq=40 vector=${vector} cpu=${cpu} prev_vector=${prevVector} prev_cpu=${prevCpu}`,
]
const taken = (cpu: number, vector: number, ms: number, irq = 40): Line => [
  0,
  ms,
  `taken: (apic_update_irq_cfg+0x0/0xe0) irq=${irq} vector=${vector} cpu=${cpu}`,
]
const given = (cpu: number, vector: number, ms: number): Line => [
  cpu,
  ms,
  `given: (irq_matrix_free+0x0/0xc0) cpu=${cpu} bit=${vector}`,
]
const ack = (cpu: number, ms: number): Line => [cpu, ms, 'ack: (apic_ack_edge+0x0/0x70) irq=40']
const end: Line = [0, 500, 'tracing_mark_write: irqlab scenario-end']

/** From CPU 2 to CPU 3 to CPU 1, where it fires. */
const there = [update(3, 36, 2, 35, 1), taken(3, 36, 1), ack(3, 2), given(2, 35, 3)]
const back = [update(1, 37, 3, 36, 10), taken(1, 37, 10), ack(1, 11)]

await t.test('every vector is given back, on whatever CPU that happens', async (t) => {
  const held = { state: 'held', numbers: { taken: 2, givenBack: 2, has: 'vector 37 of CPU 1' } }
  t.match(findingOf('given-back', [...there, ...back, given(3, 36, 12), end]), held)
  t.match(findingOf('given-back', [...there, ...back, [1, 12, 'given: (f+0x0/0x1) cpu=3 bit=36'], end]), held)
})

await t.test('one is not', async (t) => {
  t.match(findingOf('given-back', [...there, ...back, end]), {
    state: 'violated',
    sentence: '1 of 3 vectors were never given back: vector 36 of CPU 3',
  })
})

await t.test('the vector that the irq had when the trace began counts too', async (t) => {
  const lost = [...there.filter(([, , payload]) => !payload.startsWith('given')), end]
  t.match(findingOf('given-back', lost), { state: 'violated', sentence: /vector 35 of CPU 2/ })
})

await t.test('what is still in cleanup is no leak, and no proof', async (t) => {
  const unproven = { state: 'unproven', sentence: /^the last move is not over: vector 36 of CPU 3/ }
  t.match(
    findingOf('given-back', [...there, ...back.slice(0, 2), end]),
    unproven,
    'nothing arrived on the new CPU',
  )
  t.match(
    findingOf('given-back', [...there, ...back, [0, 30, 'tracing_mark_write: irqlab scenario-end']]),
    unproven,
  )
})

await t.test('an older one is a leak, however recent the last move is', async (t) => {
  const lost = there.filter(([, , payload]) => !payload.startsWith('given'))
  t.match(findingOf('given-back', [...lost, ...back.slice(0, 2), end]), {
    state: 'violated',
    sentence: '1 of 3 vectors were never given back: vector 35 of CPU 2',
  })
})

await t.test('a vector goes from hand to hand only when it was given back', async (t) => {
  const other = taken(3, 36, 13, 41)
  const whole = [...there, ...back, given(3, 36, 12), other, end]
  t.match(findingOf('given-back', whole), { state: 'held' })
  t.match(findingOf('given-back', [...there, taken(3, 36, 4, 41), ...back, given(3, 36, 12), end]), {
    state: 'violated',
    sentence: 'vector 36 of CPU 3 was given to irq 41 while irq 40 had it',
  })
  t.match(findingOf('given-back', [...there, ...back, given(3, 36, 12), given(3, 36, 13), end]), {
    state: 'violated',
    sentence: 'vector 36 of CPU 3 was given back twice',
  })
  t.match(
    findingOf('given-back', [...whole.slice(0, -1), given(3, 36, 14), end]),
    { state: 'held' },
    'that of the other irq',
  )
})

await t.test('the vector in use is not given away', async (t) => {
  t.match(findingOf('given-back', [...there, ...back, given(3, 36, 12), given(1, 37, 13), end]), {
    state: 'violated',
    sentence: 'the irq has no vector left',
  })
})

await t.test('the reserved vector is nobody’s, and the same vector again is no other one', async (t) => {
  const reserved = [taken(0, 239, 0), ...there, taken(3, 36, 5), ...back, given(3, 36, 12), end]
  t.match(findingOf('given-back', reserved), { state: 'held', numbers: { taken: 2 } })
})

await t.test('a kernel that cannot be probed proves nothing', async (t) => {
  const tracepoints = [...there, ...back].filter(([, , payload]) => !/^(taken|given)/.test(payload))
  t.match(findingOf('given-back', [...tracepoints, end]), {
    state: 'unproven',
    sentence: 'the trace does not show that this irq ever took a vector',
  })
})
