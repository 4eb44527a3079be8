/** Is nothing held, and nobody blamed, when the evidence says nothing of the kernel? And do the books tell kernels apart? */
import t from 'tap'
import { BOOKS } from './laws/books-fixture.ts'
import { LAW_BOOKS } from './laws/books.ts'
import {
  type Exhibit,
  exhibits,
  flipped,
  moveOf,
  verdictsOf,
  withMove,
  withReading,
} from './laws/doctoring-fixture.ts'
import { neverProbed, neverTaken, refused, SPOILT } from './laws/spoilt-fixture.ts'

const statesOf = (exhibit: Exhibit): Readonly<Record<string, string>> =>
  Object.fromEntries(verdictsOf(exhibit).map(({ law, state }) => [law, state]))

await t.test('a verdict names the law, the queue and the irq, in the order of the book', async (t) => {
  for (const exhibit of BOOKS.flatMap((book) => exhibits(book))) {
    const { id, queue, irq } = moveOf(exhibit)
    t.match(
      verdictsOf(exhibit),
      LAW_BOOKS[exhibit.book].map(({ name }) => ({
        law: name,
        queue,
        irq: irq.number,
        move: id,
        state: 'held',
      })),
      exhibit.name,
    )
  }
})

for (const { fact, says, stage, when, doctor } of SPOILT) {
  await t.test(`${fact}: no law says anything`, async (t) => {
    const chosen = BOOKS.flatMap((book) => exhibits(book)).filter(when)
    t.ok(chosen.length >= 6, 'on several recorded moves')
    for (const exhibit of chosen) {
      for (const { law, state, sentence, numbers } of verdictsOf(doctor(exhibit))) {
        t.equal(state, 'unproven', `${exhibit.name}: ${law}`)
        t.match(sentence, says)
        t.equal('disturbed' in numbers, stage === 'disturbed', 'says whether somebody disturbed')
      }
    }
  })
}

/** What may be held without traffic. A remapped write gives its old vector back by itself (docs/LAWS.md). */
const WITHOUT_TRAFFIC = {
  deferred: ['accepted', 'held'],
  immediate: ['accepted', 'at-the-write', 'released'],
  stayed: ['accepted', 'held'],
  busy: ['accepted'],
} as const

for (const [book, heldLaws] of Object.entries(WITHOUT_TRAFFIC)) {
  await t.test(
    `without traffic nothing but ${heldLaws.join(', ')} is held, and nothing violated`,
    async (t) => {
      for (const exhibit of exhibits(book as keyof typeof WITHOUT_TRAFFIC)) {
        const expected = Object.fromEntries(
          LAW_BOOKS[exhibit.book].map(({ name }) => [
            name,
            (heldLaws as readonly string[]).includes(name) ? 'held' : 'unproven',
          ]),
        )
        t.same(statesOf(neverProbed(exhibit)), expected, `${exhibit.name}: never sent`)
        t.same(statesOf(neverTaken(exhibit)), expected, `${exhibit.name}: never taken`)
      }
    },
  )
}

await t.test('a refused write is law 1 alone: there is no move that the others could judge', async (t) => {
  for (const exhibit of BOOKS.flatMap((book) => exhibits(book))) {
    const [first, ...others] = verdictsOf(refused(exhibit))
    t.match(first, { law: 'accepted', state: 'violated', sentence: /refused: Operation not permitted/ })
    t.ok(others.every(({ state, sentence }) => state === 'unproven' && /was refused/.test(sentence)))
  }
})

/**
 * A deferred move does not move at the write (law 2), and so its first interrupt comes on the old CPU (law 3). All
 * else of it is as the immediate book wants it, but which later interrupts are late enough cannot be told (law 4).
 */
await t.test('the immediate book does not fit a deferred move', async (t) => {
  for (const exhibit of exhibits('deferred')) {
    t.same(
      flipped({ ...exhibit, book: 'immediate' }),
      { 'at-the-write': 'violated', 'never-on-old': 'violated', 'then-on-new': 'unproven' },
      exhibit.name,
    )
    t.match(
      verdictsOf({ ...exhibit, book: 'immediate' }).find(({ law }) => law === 'then-on-new')?.sentence,
      /^the irq had not moved: effective was \d$/,
    )
  }
})

/**
 * An immediate move is over when the write returns, with no interrupt (law 2), and its first interrupt comes on the new
 * CPU (law 3). There is no second batch of probes (law 4) and no move by an interrupt to count (law 5); the old vector is
 * given back before any interrupt came (law 6): one recording is without the remapped chip's acknowledge, and cannot tell.
 */
await t.test('the deferred book does not fit an immediate move', async (t) => {
  for (const exhibit of exhibits('immediate')) {
    t.same(
      flipped({ ...exhibit, book: 'deferred' }),
      {
        held: 'violated',
        'first-on-old': 'violated',
        'then-on-new': 'unproven',
        once: 'unproven',
        released: exhibit.name.startsWith('6.1-') ? 'unproven' : 'violated',
      },
      exhibit.name,
    )
  }
})

await t.test('readings that cannot be compared are trouble, never a verdict', async (t) => {
  for (const exhibit of exhibits('deferred')) {
    const rebooted = withReading(exhibit, -1, (reading) => ({ ...reading, bootId: 'another' }))
    t.throws(() => verdictsOf(rebooted), { name: 'Trouble', message: /has booted/ })
    const back = withReading(exhibit, -1, (reading) => ({
      ...reading,
      counts: reading.counts.map(() => 0),
    }))
    t.throws(() => verdictsOf(back), { name: 'Trouble', message: /went back/ })
  }
})

await t.test(
  'a move that effective shows on several CPUs, as of an irq never started, is not judged',
  async (t) => {
    for (const exhibit of exhibits('deferred', 'first-write')) {
      const unknown = withMove(exhibit, (move) => ({
        ...move,
        before: { ...move.before, effective: exhibit.run.onlineCpus },
        written: { ...move.written, effective: exhibit.run.onlineCpus },
        hold: move.hold && {
          ...move.hold,
          began: { ...move.hold.began, effective: exhibit.run.onlineCpus },
          ended: { ...move.hold.ended, effective: exhibit.run.onlineCpus },
        },
      }))
      t.same(flipped(unknown), { 'first-on-old': 'unproven' })
    }
  },
)
