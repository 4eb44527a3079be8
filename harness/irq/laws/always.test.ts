/** Does exactly one general law notice each changed fact of a recorded run, and do the others keep quiet? */
import t from 'tap'
import { judgeAlways } from '../judge-always.ts'
import { ALWAYS } from './always.ts'
import { notHeld, sentenceOf, withIrq, withReadings } from './closed-fixture.ts'
import { ALWAYS_FACTS, PORT, REMAPPED } from './doctored-always-fixture.ts'

const NAMES = ALWAYS.map(({ name }) => name)

await t.test('untouched: every law is held, of every irq', async (t) => {
  for (const { run } of [PORT, REMAPPED]) {
    const verdicts = judgeAlways(run)
    t.same(
      verdicts.map(({ law, queue }) => `${law} ${queue}`),
      run.irqs.flatMap(({ queue }) => NAMES.map((law) => `${law} ${queue}`)),
    )
    t.same(
      verdicts.filter(({ state }) => state !== 'held'),
      [],
    )
  }
})

await t.test('every law can be violated', async (t) => {
  t.same([...new Set(ALWAYS_FACTS.map(({ law }) => law))].sort(), NAMES.toSorted())
})

for (const { fact, law, says, of, doctor } of ALWAYS_FACTS) {
  await t.test(`${law}: ${fact}`, async (t) => {
    const doctored = doctor(of)
    t.same(notHeld(doctored), { [law]: 'violated' }, 'this law, and no other')
    t.match(sentenceOf(doctored, law), says)
    t.same(notHeld(of), {}, 'doctoring leaves the recorded evidence alone')
  })
}

await t.test('evidence that is not whole proves nothing', async (t) => {
  const lost = { ...PORT, run: { ...PORT.run, trace: { ...PORT.run.trace, lostEvents: true } } }
  t.equal(Object.values(notHeld(lost)).filter((state) => state === 'unproven').length, NAMES.length * 5)
  const unmarked = withReadings(PORT, 3, 4, (reading) => ({ ...reading, mark: 'gone' }))
  t.same(notHeld(unmarked), Object.fromEntries(NAMES.map((name) => [name, 'unproven'])))
  t.match(sentenceOf(unmarked, 'alive'), /own marks of reading gone$/)
})

await t.test('an irq without a handler cannot fire: some laws do not speak of it', async (t) => {
  const mute = withIrq(PORT, (irq) => ({ ...irq, hasHandler: false, closing: [] }))
  t.same(notHeld(mute), {})
  t.same(
    judgeAlways(mute.run)
      .filter(({ queue }) => queue === PORT.queue)
      .map(({ law }) => law),
    NAMES.filter((name) => !['eventually-moved', 'hardware-agrees', 'alive'].includes(name)),
  )
})
