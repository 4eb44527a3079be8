/** Does the judge keep its head over a trace with events missing or doubled: no exception, no undeserved pass, no blame for our own gaps? */
import * as fc from 'fast-check'
import t from 'tap'
import { Trouble } from '../base/errors.ts'
import { LAW_BOOKS } from './laws/books.ts'
import { BOOKS, DOCTORED } from './laws/books-fixture.ts'
import { type Exhibit, exhibits, traceOf, twice, verdictsOf, without } from './laws/doctoring-fixture.ts'
import type { Verdict } from './verdict.ts'

const all = BOOKS.flatMap((book) => exhibits(book))
const anExhibit = fc.constantFrom(...all)
const aBook = fc.constantFrom(...BOOKS)
/** A place in a trace, as a share of its length, and what happens to the event there. */
const anEdit = fc.record({ at: fc.double({ min: 0, max: 0.9999, noNaN: true }), missing: fc.boolean() })

function edited(
  exhibit: Exhibit,
  edits: readonly { readonly at: number; readonly missing: boolean }[],
): Exhibit {
  return edits.reduce((doctored, { at, missing }) => {
    const { events } = doctored.run.trace
    const event = events[Math.floor(at * events.length)]
    return missing ? without(doctored, () => event) : twice(doctored, () => event)
  }, exhibit)
}

/** The verdicts; undefined when the readings or texts were trouble. Anything else thrown is a bug. */
function judged(exhibit: Exhibit): readonly Verdict[] | undefined {
  try {
    return verdictsOf(exhibit)
  } catch (error) {
    if (error instanceof Trouble) return undefined
    throw error
  }
}

const heldIn = (verdicts: readonly Verdict[] | undefined): readonly string[] =>
  (verdicts ?? []).filter(({ state }) => state === 'held').map(({ law }) => law)

await t.test(
  'whatever is missing or doubled, by whatever book: a verdict for each law, or trouble',
  async () => {
    fc.assert(
      fc.property(anExhibit, aBook, fc.array(anEdit, { maxLength: 5 }), (exhibit, book, edits) => {
        const before = heldIn(judged({ ...exhibit, book }))
        const after = heldIn(judged(edited({ ...exhibit, book }, edits)))
        // Judged by its own book everything is held; by another one, damage may not make it look better.
        return exhibit.book === book ? after.length <= before.length : after.length < LAW_BOOKS[book].length
      }),
      { numRuns: 1500 },
    )
  },
)

/** Facts of the readings alone: no trace can take them back. */
const failures = all.flatMap((exhibit) =>
  DOCTORED[exhibit.book]
    .filter(({ becomes, when }) => becomes === 'violated' && when(exhibit))
    .map(({ law, fact, doctor }) => ({ law, fact, exhibit: doctor(exhibit), trace: exhibit.run.trace }))
    .filter(({ exhibit: doctored, trace }) => doctored.run.trace === trace),
)

await t.test('a law that readings violate is never held for what the trace lacks or repeats', async (t) => {
  t.ok(failures.length > 150)
  fc.assert(
    fc.property(
      fc.constantFrom(...failures),
      fc.array(anEdit, { minLength: 1, maxLength: 3 }),
      (failure, edits) => !heldIn(judged(edited(failure.exhibit, edits))).includes(failure.law),
    ),
    { numRuns: 1500 },
  )
})

await t.test('no law is violated by a mark of our own that is missing or doubled', async (t) => {
  for (const exhibit of all) {
    const marks = exhibit.run.trace.events.filter(({ name }) => name === 'tracing_mark_write')
    t.ok(marks.length >= 8)
    for (const mark of marks) {
      for (const doctored of [without(exhibit, () => mark), twice(exhibit, () => mark)]) {
        const blamed = judged(doctored)?.filter(({ state }) => state === 'violated') ?? []
        t.same(blamed, [], `${exhibit.name}: ${mark.text}`)
      }
    }
  }
})

/** What a deferred move leaves in the trace that no law asks for, or that others say as well. */
const UNASKED = ['ack', 'move', 'vector_alloc']

await t.test(
  'every event of the irq that is missing is missed, but for those that no law asks for',
  async (t) => {
    for (const exhibit of exhibits('deferred', 'deferred-move')) {
      const { write, freed } = traceOf(exhibit)
      const irq = write?.fields['irq']
      const unmissed = exhibit.run.trace.events
        .filter(({ index }) => index >= (write?.index ?? 0))
        .filter(({ fields, name }) => fields['irq'] === irq && name !== 'tracing_mark_write')
        .filter((event) => heldIn(judged(without(exhibit, () => event))).length === 8)
      t.same([...new Set(unmissed.map(({ name }) => name))].sort(), UNASKED, exhibit.name)
      t.equal(freed.length, 1)
    }
  },
)
