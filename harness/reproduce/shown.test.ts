/** Is the symptom told from everything else that can go wrong in a run? */
import t from 'tap'
import { diagnose } from '../diagnose/diagnose.ts'
import { doctoredCapture, type DoctoredMachine } from '../diagnose/doctored-capture-fixture.ts'
import { observe } from '../diagnose/observe.ts'
import type { Act } from '../irq/act-log.ts'
import { aRecord, aVerdict } from '../record/record-fixture.ts'
import { exitCodeOfShown, type RunSeen, shownIn, type SoughtHere } from './shown.ts'

const write: Act = {
  act: 'write',
  id: 1,
  irq: 24,
  queue: 'input.0',
  fires: 'datagram',
  file: 'smp_affinity_list',
  text: '2',
  requested: '2',
}
const quiet: SoughtHere = {
  sought: { findings: ['pending-and-quiet'], violated: [], held: [] },
  names: ['input.0'],
  cpu: undefined,
}
const leak: SoughtHere = { ...quiet, sought: { findings: [], violated: ['given-back'], held: [] } }
const waiting: DoctoredMachine = { irqs: { 24: { requested: '2', effective: '0' } } }

function seen(machine: DoctoredMachine | undefined, record = aRecord()): RunSeen {
  return {
    record,
    diagnosis: machine === undefined ? undefined : diagnose(observe(doctoredCapture(machine))),
    acts: [write],
  }
}

void t.test('shown: the same finding on the irq that stands for the machine’s', (t) => {
  const shown = shownIn(seen(waiting), quiet)
  t.match(shown, { answer: 'shown', why: /^irq 24 .* CPU 2 requested/ })
  t.equal(exitCodeOfShown(shown), 0)
  t.equal(shownIn(seen(waiting, aRecord({ outcome: 'broken', reason: 'starved' })), quiet).answer, 'shown')
  t.end()
})

void t.test('not shown: another irq, another finding, or nothing at all', (t) => {
  const other = { irqs: { 25: { requested: '3', effective: '1' } } }
  const hint = { irqs: { 24: { hint: '8' } } }
  for (const machine of [other, hint, {}]) {
    const shown = shownIn(seen(machine), quiet)
    t.match(shown, {
      answer: 'not shown',
      why: 'the acts were done, and pending-and-quiet was not seen on input.0',
    })
    t.equal(exitCodeOfShown(shown), 1)
  }
  const fail = aRecord({ outcome: 'fail', verdicts: [aVerdict({ law: 'alive', state: 'violated' })] })
  t.equal(shownIn(seen({}, fail), quiet).answer, 'not shown', 'that something else was violated is no answer')
  t.end()
})

void t.test('cannot tell: the run did not get there', (t) => {
  const broken = aRecord({ outcome: 'broken', reason: 'QEMU died' })
  t.match(shownIn(seen(undefined, broken), quiet), { answer: 'cannot tell', why: /QEMU died/ })
  t.match(shownIn(seen(undefined), quiet), { answer: 'cannot tell', why: /took no capture/ })
  const fault = aRecord({ outcome: 'fail', stage: 'kernel', reason: 'BUG' })
  t.match(shownIn(seen({}, fault), quiet), { answer: 'cannot tell' })
  t.match(shownIn(seen(waiting), { ...quiet, sought: { findings: [], violated: [], held: [] } }), {
    answer: 'cannot tell',
    why: /^nothing in particular was looked for/,
  })
  t.equal(exitCodeOfShown(shownIn(seen(undefined), quiet)), 2)
  t.end()
})

void t.test('what a starved run says of a bug is not believed, what it says of a state is', (t) => {
  const starved = (verdicts: readonly ReturnType<typeof aVerdict>[] = []) =>
    aRecord({ outcome: 'broken', reason: 'starved: the vCPUs waited', verdicts: [...verdicts] })
  const violated = aVerdict({ law: 'given-back', queue: 'input.0', state: 'violated' })
  t.match(shownIn(seen(undefined, starved([violated])), leak), { answer: 'cannot tell', why: /starved/ })
  const firing = { irqs: { 24: { requested: '2', effective: '0', fired: { 0: 8 } } } }
  const bug = { ...quiet, sought: { findings: ['pending-though-firing'], violated: [], held: [] } } as const
  t.equal(shownIn(seen(firing), bug).answer, 'shown')
  t.equal(shownIn(seen(firing, starved()), bug).answer, 'cannot tell')
  t.equal(shownIn(seen(waiting, starved()), quiet).answer, 'shown')
  t.end()
})

void t.test('a law that was named, on the irq that was named', (t) => {
  const verdict = (queue: string, state: 'held' | 'violated') => aVerdict({ law: 'given-back', queue, state })
  const run = (...verdicts: readonly ReturnType<typeof aVerdict>[]) =>
    shownIn(seen(undefined, aRecord({ outcome: 'fail', verdicts: [...verdicts] })), leak).answer
  t.equal(run(verdict('input.0', 'violated')), 'shown')
  t.equal(run(verdict('input.1', 'violated')), 'not shown')
  t.equal(run(verdict('input.0', 'held')), 'not shown')
  const refused = { ...leak, sought: { findings: [], violated: [], held: ['given-back'] } } as const
  t.equal(
    shownIn(seen(undefined, aRecord({ verdicts: [verdict('input.0', 'held')] })), refused).answer,
    'shown',
  )
  t.end()
})

void t.test('a kernel that never moves shows it before the body', (t) => {
  const stuck = aVerdict({
    law: 'first-on-old',
    state: 'violated',
    sentence: 'while settling, 2 was accepted and 2 interrupts were counted, effective is still 0',
  })
  const bug = { ...quiet, sought: { findings: ['pending-though-firing'], violated: [], held: [] } } as const
  const record = aRecord({ outcome: 'fail', verdicts: [stuck] })
  t.match(shownIn(seen(undefined, record), bug), { answer: 'shown', why: /while settling/ })
  t.equal(shownIn(seen({}, record), quiet).answer, 'not shown')
  t.end()
})

void t.test('a finding of no irq is told by its CPU', (t) => {
  const machine: DoctoredMachine = {
    vectors: [' | CPU | avl | man | mac | act | vectors', '     1     0     0     0   201  32-235'],
  }
  const short = { sought: { findings: ['vectors-short'], violated: [], held: [] }, names: [] } as const
  t.equal(shownIn(seen(machine), { ...short, cpu: 1 }).answer, 'shown')
  t.equal(shownIn(seen(machine), { ...short, cpu: 2 }).answer, 'not shown')
  t.end()
})
