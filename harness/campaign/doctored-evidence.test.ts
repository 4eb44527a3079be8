/** What does a run conclude from real evidence with one fact changed? It must fail or break for that fact, and say so. */
import t from 'tap'
import { BOOKS, DOCTORED } from '../irq/laws/books-fixture.ts'
import { exhibits, verdictsOf } from '../irq/laws/doctoring-fixture.ts'
import { neverProbed, neverTaken, refused, SPOILT } from '../irq/laws/spoilt-fixture.ts'
import { concludeFrom } from './outcome.ts'

for (const book of BOOKS) {
  await t.test(`the ${book} book`, async (t) => {
    for (const exhibit of exhibits(book)) {
      t.equal(concludeFrom(verdictsOf(exhibit)).outcome, 'pass', exhibit.name)
      for (const { law, fact, becomes, says, doctor } of DOCTORED[book].filter(({ when }) => when(exhibit))) {
        const conclusion = concludeFrom(verdictsOf(doctor(exhibit)))
        t.equal(conclusion.outcome, becomes === 'violated' ? 'fail' : 'broken', `${exhibit.name}: ${fact}`)
        t.match(conclusion.reason, new RegExp(`^${law} ${becomes} on \\S+ \\(irq \\d+\\): `), 'names the law')
        t.match(conclusion.reason, says, 'and what it saw')
      }
      t.match(concludeFrom(verdictsOf(refused(exhibit))), { outcome: 'fail', reason: /^accepted violated/ })
    }
  })
}

await t.test('somebody else was there, or our evidence is not whole', async (t) => {
  for (const exhibit of BOOKS.flatMap((book) => exhibits(book))) {
    for (const { fact, stage, doctor } of SPOILT.filter(({ when }) => when(exhibit))) {
      const conclusion = concludeFrom(verdictsOf(doctor(exhibit)))
      t.match(conclusion, { outcome: 'broken', stage }, `${exhibit.name}: ${fact}`)
    }
  }
})

await t.test('without traffic a run is broken, whatever it looks like', async (t) => {
  for (const exhibit of (['deferred', 'immediate', 'stayed'] as const).flatMap((book) => exhibits(book))) {
    for (const silent of [neverProbed(exhibit), neverTaken(exhibit)]) {
      t.match(concludeFrom(verdictsOf(silent)), { outcome: 'broken', stage: 'unproven' }, exhibit.name)
    }
  }
})

await t.test(
  'a kernel that is judged by the wrong book fails, by the law that tells them apart',
  async (t) => {
    for (const exhibit of exhibits('deferred')) {
      const { outcome, reason } = concludeFrom(verdictsOf({ ...exhibit, book: 'immediate' }))
      t.equal(outcome, 'fail')
      t.match(reason, /^at-the-write violated on \S+ .*effective is \d when the write returns/)
    }
    for (const exhibit of exhibits('immediate')) {
      const { outcome, reason } = concludeFrom(verdictsOf({ ...exhibit, book: 'deferred' }))
      t.equal(outcome, 'fail')
      t.match(reason, /^held violated on \S+ .*effective went from \d to \d with no interrupt/)
    }
  },
)
