/** Does exactly one law notice each changed fact of a recorded run, and do the others keep quiet? */
import t from 'tap'
import { LAW_BOOKS } from './books.ts'
import { BOOKS, DOCTORED, HARMLESS } from './books-fixture.ts'
import { exhibits, flipped, verdictsOf } from './doctoring-fixture.ts'

for (const book of BOOKS) {
  const laws = LAW_BOOKS[book].map(({ name }) => name)

  await t.test(`every law of the ${book} book can be violated`, async (t) => {
    const violated = new Set(
      DOCTORED[book].filter(({ becomes }) => becomes === 'violated').map(({ law }) => law),
    )
    t.same([...violated].sort(), laws.toSorted(), 'by some fact of the table')
    t.ok(exhibits(book).length >= 2, 'on some recorded move')
  })

  for (const exhibit of exhibits(book)) {
    await t.test(`${exhibit.name}, judged as ${book}`, async (t) => {
      t.same(
        verdictsOf(exhibit).map(({ law }) => law),
        laws,
      )
      t.same(flipped(exhibit), {}, 'untouched: every law is held')
      for (const { fact, law, becomes, also, says, doctor } of DOCTORED[book].filter(({ when }) =>
        when(exhibit),
      )) {
        const doctored = doctor(exhibit)
        const expected = Object.fromEntries([[law, becomes], ...also.map((other) => [other, 'unproven'])])
        t.same(flipped(doctored), expected, `${law}: ${fact}`)
        t.match(
          verdictsOf(doctored).find((verdict) => verdict.law === law)?.sentence,
          says,
          `${law}: ${fact}`,
        )
      }
      for (const { fact, doctor } of HARMLESS[book])
        t.same(flipped(doctor(exhibit)), {}, `nobody minds: ${fact}`)
      t.same(flipped(exhibit), {}, 'doctoring leaves the recorded evidence alone')
    })
  }
}
