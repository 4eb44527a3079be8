/** Do the laws of a CPU without a vector left notice each changed fact of recorded runs, and nothing else? */
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { actsIn } from '../act-markers.ts'
import { readEvidence } from '../evidence-json.ts'
import { LAW_BOOKS } from './books.ts'
import { eventOf, oldCpu, onCpu, thirdCpu } from './doctored-fact-fixture.ts'
import {
  type Exhibit,
  flipped,
  moveOf,
  type Pick,
  verdictsOf,
  withCounted,
  withEffective,
  withEvent,
  withEventAfter,
  withFields,
  withMove,
  without,
  withPending,
  withReadBack,
} from './doctoring-fixture.ts'

const folder = new URL('../fixtures/full/', import.meta.url)
const text = (run: string, file: string) => readFileSync(new URL(`${run}/${file}`, folder), 'utf8')
const exhibits = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }): Exhibit[] => {
    const { run, claims } = readEvidence(text(name, 'evidence.json'), text(name, 'trace.txt'))
    return claims.map(({ move, book }) => ({ name, run, id: move.id, book }))
  })

type State = 'violated' | 'unproven'
type Fact = readonly [fact: string, becomes: State, says: RegExp, doctor: (e: Exhibit) => Exhibit]

/** The last vector of CPU 2 went here. */
const lastVector: Pick = (_, { trace }) =>
  trace.events.filter(({ name, fields }) => name === 'irq_matrix_alloc' && fields['avl'] === '0')
const nothingSaid: Pick = (_, { trace }) =>
  trace.events.filter(({ name, fields }) => name.startsWith('irq_matrix') && fields['cpu'] === '2')
const offline: Pick = (_, { trace }) => actsIn(trace, 'offline')
const sendLess = (e: Exhibit) =>
  withMove(e, (move) => ({ ...move, batches: move.batches.map((batch) => ({ ...batch, taken: 0 })) }))
const losing = (e: Exhibit) =>
  withMove(e, (move) => ({
    ...move,
    batches: move.batches.map((batch, at) =>
      at === move.batches.length - 1 ? { ...batch, received: [] } : batch,
    ),
  }))

const MOVED_ANYWAY: readonly Fact[] = [
  [
    'effective is the CPU that is gone',
    'violated',
    /effective is 3, and \d of \d probes were received$/,
    (e) => withEffective(e, -1, 3),
  ],
  ['effective is no CPU', 'violated', /effective is no CPU at all/, (e) => withEffective(e, -1)],
  ['effective is two CPUs', 'violated', /effective is 0-1/, (e) => withEffective(e, -1, 0, 1)],
  ['the probes were lost', 'violated', /0 of 3 probes were received on CPU/, losing],
  ['an interrupt was counted elsewhere', 'violated', /interrupts: .*CPU/, (e) => withCounted(e, -1, 2)],
  [
    'the CPU had a vector left',
    'unproven',
    /CPU 2 had 1 vectors left/,
    (e) => withFields(e, lastVector, { avl: '1' }),
  ],
  ['nobody knows of its vectors', 'unproven', /an unknown number/, (e) => without(e, nothingSaid)],
  ['the CPU did not go offline', 'unproven', /did not go offline/, (e) => without(e, offline)],
  ['effective was unknown before', 'unproven', /not one CPU/, (e) => withEffective(e, 'before', 2, 3)],
  ['QEMU took no probe', 'unproven', /QEMU took 0 of 3/, sendLess],
  [
    'no probe was sent afterwards',
    'unproven',
    /no probe was sent after/,
    (e) => withMove(e, (move) => ({ ...move, batches: move.batches.slice(0, 1) })),
  ],
]

const refusal: Pick = ({ allocs }) => allocs
const config = (e: Exhibit) => ({
  ...eventOf(e, ({ interrupts }) => interrupts[0]),
  name: 'vector_config',
  fields: { irq: String(moveOf(e).irq.number), cpu: '2', vector: '33' },
})

const DROPPED: readonly Fact[] = [
  ['the irq moved', 'violated', /no vector left, and the irq went to 2$/, (e) => withEffective(e, -1, 2)],
  ['the request reads back', 'violated', /2 could not be made, 2 reads back/, (e) => withReadBack(e, -1, 2)],
  ['the request is pending', 'violated', /still pending after/, (e) => withPending(e, -1, true)],
  ['no move was tried', 'violated', /no move was tried/, (e) => without(e, ({ moves }) => moves)],
  ['no vector was looked for', 'violated', /no vector was looked for/, (e) => without(e, refusal)],
  [
    'it was looked for elsewhere',
    'violated',
    /elsewhere than in the interrupt on CPU 1/,
    (e) => withEvent(e, refusal, onCpu(0)),
  ],
  [
    'it was looked for by a process',
    'violated',
    /elsewhere than in the interrupt/,
    (e) => withEvent(e, refusal, (event) => ({ ...event, hardirq: false })),
  ],
  [
    'the move was tried again',
    'violated',
    /tried 2 times/,
    (e) =>
      withEventAfter(
        e,
        ({ interrupts }) => interrupts.at(-1),
        eventOf(e, ({ moves }) => moves[0]),
      ),
  ],
  ['an interrupt was counted elsewhere', 'violated', /interrupts: /, (e) => withCounted(e, -1, thirdCpu(e))],
  [
    'the CPU had a vector left',
    'unproven',
    /not show that no CPU/,
    (e) => withFields(e, lastVector, { avl: '1' }),
  ],
  [
    'another request was pending before',
    'unproven',
    /another request was pending/,
    (e) => withPending(e, 'before', true),
  ],
  ['the pending bit cannot be read', 'unproven', /cannot be read/, (e) => withPending(e, -1, undefined)],
]

const withError = (error: string | undefined) => (e: Exhibit) =>
  withMove(e, (move) => ({ ...move, write: { ...move.write, error } }))
const REFUSED: readonly Fact[] = [
  ['the write was accepted', 'violated', /2 was accepted, and 2 has no vector left/, withError(undefined)],
  ['it was refused otherwise', 'violated', /with other words: Input/, withError('Input/output error')],
  [
    'the irq core said something else',
    'violated',
    /returned -16/,
    (e) =>
      withFields(e, (_, { trace }) => trace.events.filter(({ name }) => name === 'setr').slice(-1), {
        ret: '-16',
      }),
  ],
  [
    'another mask reads back',
    'violated',
    /something changed all the same/,
    (e) => withReadBack(e, 'written', 2),
  ],
  ['effective changed', 'violated', /something changed all the same/, (e) => withEffective(e, 'written', 2)],
  [
    'it is pending all the same',
    'violated',
    /refused, and is pending/,
    (e) => withPending(e, 'written', true),
  ],
  [
    'the vector was changed',
    'violated',
    /the vector was changed/,
    (e) => withEventAfter(e, ({ interrupts }) => interrupts[0], config(e)),
  ],
  [
    'the irq is elsewhere in the end',
    'violated',
    /afterwards effective is 2/,
    (e) => withEffective(e, -1, 2),
  ],
  ['an interrupt was counted elsewhere', 'violated', /interrupts: /, (e) => withCounted(e, -1, thirdCpu(e))],
  [
    'the CPU had a vector left',
    'unproven',
    /not show that no CPU/,
    (e) => withFields(e, lastVector, { avl: '1' }),
  ],
  ['effective was unknown before', 'unproven', /not one CPU/, (e) => withEffective(e, 'before', 2, 3)],
  [
    'the pending bit cannot be read',
    'unproven',
    /cannot be read/,
    (e) => withPending(e, 'written', undefined),
  ],
]

await t.test('a kernel without the second try loses the irq', async (t) => {
  const dead = exhibits.filter(({ name }) => name === '6.1-plain-irq-dies-without-vector')
  t.equal(dead.length, 1)
  for (const exhibit of dead) {
    t.same(flipped(exhibit), { 'moved-anyway': 'violated' })
    t.match(
      verdictsOf(exhibit).at(-1)?.sentence,
      /^CPU 3 went offline with no vector left on 2: effective is 3, and 0 of 1 probes/,
    )
  }
})

for (const [book, law, facts] of [
  ['crowded-out', 'moved-anyway', MOVED_ANYWAY],
  ['dropped', 'dropped', DROPPED],
  ['refused', 'refused', REFUSED],
] as const) {
  const own = exhibits.filter((exhibit) => exhibit.book === book && !exhibit.name.startsWith('6.1-plain-irq'))
  await t.test(`${book}: there is something to doctor`, async (t) => {
    t.equal(own.length, 1)
    for (const exhibit of own) {
      t.same(flipped(exhibit), {}, JSON.stringify(verdictsOf(exhibit)))
      t.same(
        verdictsOf(exhibit).map((verdict) => verdict.law),
        LAW_BOOKS[book].map(({ name }) => name),
      )
    }
  })
  for (const [fact, becomes, says, doctor] of facts) {
    await t.test(`${fact}: ${law} is ${becomes}`, async (t) => {
      for (const exhibit of own) {
        const doctored = doctor(exhibit)
        t.same(flipped(doctored), { [law]: becomes })
        t.match(verdictsOf(doctored).find((verdict) => verdict.law === law)?.sentence, says)
      }
    })
  }
}

await t.test('somebody else wrote, and no law says anything', async (t) => {
  for (const exhibit of exhibits) {
    const writer = { ...eventOf(exhibit, ({ write }) => write), comm: 'irqbalance', pid: 77 }
    const spoilt = withEventAfter(exhibit, ({ probes }) => probes[0], writer)
    t.ok(
      verdictsOf(spoilt).every(({ state, numbers }) => state === 'unproven' && 'disturbed' in numbers),
      exhibit.name,
    )
  }
  t.ok(exhibits.every((exhibit) => Number.isInteger(oldCpu(exhibit))))
})
