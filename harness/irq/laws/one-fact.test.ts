/** Does exactly one law notice each changed fact of a recorded run, and do the others keep quiet? */
import t from 'tap'
import { assert } from '../../base/errors.ts'
import { LAW_BOOKS } from './books.ts'
import { BOOKS, DOCTORED, HARMLESS } from './books-fixture.ts'
import { type Exhibit, exhibits, flipped, moveOf, verdictsOf } from './doctoring-fixture.ts'

/** As it is, but for somebody else who wrote to the irq before everything that we did. */
function withStranger(exhibit: Exhibit): Exhibit {
  const { trace } = exhibit.run
  const irq = String(moveOf(exhibit).irq.number)
  const call = trace.events.find(({ name }) => name === 'set')
  assert(call !== undefined, 'a call to copy')
  const his = { ...call, comm: 'irqbalance', pid: 77, fields: { ...call.fields, irq } }
  const events = [his, ...trace.events].map((event, index) => ({ ...event, index }))
  return { ...exhibit, run: { ...exhibit.run, trace: { ...trace, events } } }
}

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
        const verdicts = verdictsOf(withStranger(doctored)).filter(({ state }) => state !== 'held')
        t.notOk(
          verdicts.some(({ state }) => state === 'violated'),
          `nobody is accused where a stranger wrote before: ${fact}`,
        )
        if (becomes === 'violated')
          t.match(
            verdicts.find((verdict) => verdict.law === law),
            { sentence: /^disturbed: irqbalance-77 wrote/, numbers: { disturbed: /irqbalance-77/ } },
          )
      }
      for (const { fact, doctor } of HARMLESS[book])
        t.same(flipped(doctor(exhibit)), {}, `nobody minds: ${fact}`)
      t.same(flipped(exhibit), {}, 'doctoring leaves the recorded evidence alone')
    })
  }
}
