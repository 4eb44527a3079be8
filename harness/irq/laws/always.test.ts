/** Does exactly one general law notice each changed fact of a recorded run, and do the others keep quiet? */
import t from 'tap'
import { actsIn } from '../act-markers.ts'
import { CpuMask } from '../cpu-mask.ts'
import { judge } from '../judge.ts'
import { judgeAlways } from '../judge-always.ts'
import { parseKernelRelease } from '../kernel-release.ts'
import { ALWAYS } from './always.ts'
import { irqOf, notHeld, sentenceOf, withEventsMoved, withIrq, withReadings } from './closed-fixture.ts'
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

await t.test('up to 7.1 a reader may see the mask of before while the move is being made', async (t) => {
  const { readings } = irqOf(PORT)
  const at = readings.length - 2
  const older = readings[0]?.readBack ?? CpuMask.of()
  const racing = withEventsMoved(
    withReadings(PORT, at, at + 1, (reading) => ({ ...reading, readBack: older })),
    ({ name }, own) => name === 'move' && own.findLast((event) => event.name === 'move')?.name === name,
    ({ text }) => text.startsWith(`irqlab reading mark=${readings[at]?.mark} `),
  )
  t.same(notHeld(racing), {})
  const locked = { ...racing, run: { ...racing.run, release: parseKernelRelease('7.2.13') } }
  t.same(notHeld(locked), { 'reads-back': 'violated' }, 'since then the reader is kept out')
})

await t.test('a claim does not see what comes after the body', async (t) => {
  const { run } = PORT
  const move = run.moves.findLast(({ queue }) => queue === PORT.queue)
  t.ok(move !== undefined)
  const [closing] = actsIn(run.trace, 'closing')
  for (const { law, state } of move === undefined ? [] : judge(run, move, 'deferred'))
    t.equal(state, 'held', `${law}: probes of the closing are no strays`)
  t.ok(run.trace.events.some(({ name, index }) => name === 'ack' && index > (closing?.index ?? Infinity)))
})

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
