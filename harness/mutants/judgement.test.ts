/** Is a mutant caught by a violated law and by nothing else? */
import t from 'tap'
import type { RunRecord } from '../record/run-record.ts'
import { aRecord, aVerdict } from '../record/record-fixture.ts'
import { isFinal, isGood, judgeMutant, knownOfClean } from './judgement.ts'

type Verdict = RunRecord['verdicts'][number]

const verdict = (law: Verdict['law'], state: Verdict['state'], sentence = `${law} ${state}`): Verdict =>
  aVerdict({ law, state, sentence })
const run = (
  scenario: string,
  outcome: RunRecord['outcome'],
  verdicts: readonly Verdict[] = [],
  reason = `${outcome} of ${scenario}`,
): RunRecord => aRecord({ scenario, outcome, reason, verdicts: [...verdicts] })

const PASS = run('quiet-queue', 'pass', [verdict('held', 'held')])
const CAUGHT = run('deferred-move', 'fail', [
  verdict('accepted', 'held'),
  verdict('first-on-old', 'violated', 'it was not'),
  verdict('first-on-old', 'violated', 'nor there'),
  verdict('settled', 'unproven'),
])
const none = new Set<string>()
const plain = {}
const proven = { proof: 'nobody can tell' }

await t.test('a violated law catches it', async (t) => {
  const overwritten = run('overwritten-request', 'fail', [
    verdict('first-on-old', 'violated'),
    verdict('replaced', 'violated'),
  ])
  const judgement = judgeMutant(plain, [PASS, CAUGHT, overwritten], none)
  t.match(judgement, {
    fate: 'caught',
    laws: [
      {
        law: 'first-on-old',
        scenarios: ['deferred-move', 'overwritten-request'],
        verdicts: 3,
        sentence: 'it was not',
      },
      { law: 'replaced', scenarios: ['overwritten-request'], verdicts: 1 },
    ],
    runs: [
      { scenario: 'quiet-queue', outcome: 'pass' },
      { scenario: 'deferred-move', outcome: 'fail' },
      { scenario: 'overwritten-request', outcome: 'fail' },
    ],
  })
  t.equal(judgeMutant(proven, [CAUGHT], none).fate, 'disproved', 'a proof that nobody can tell is wrong then')
})

await t.test('a fault with a violated law in its record is caught, a fault alone is not', async (t) => {
  t.equal(judgeMutant(plain, [{ ...CAUGHT, stage: 'kernel' }], none).fate, 'caught')
  t.equal(
    judgeMutant(plain, [PASS, run('deferred-move', 'fail', [verdict('accepted', 'held')])], none).fate,
    'crashed',
  )
  t.equal(judgeMutant(plain, [PASS, run('deferred-move', 'broken')], none).fate, 'crashed')
  t.equal(judgeMutant(proven, [PASS, run('deferred-move', 'broken')], none).fate, 'crashed')
  t.equal(judgeMutant(plain, [], none).fate, 'crashed')
})

await t.test('a verdict that the run itself does not believe catches nothing', async (t) => {
  const starved = run('deferred-move', 'broken', [verdict('first-on-old', 'violated')])
  t.match(judgeMutant(plain, [PASS, { ...starved, stage: 'starved' }], none), { fate: 'crashed', laws: [] })
})

await t.test('when everything passes it has survived, or is what its proof says', async (t) => {
  const skip = run('immediate-move', 'skip')
  t.equal(judgeMutant(plain, [PASS, skip], none).fate, 'survived')
  t.equal(judgeMutant(proven, [PASS, skip], none).fate, 'equivalent')
})

await t.test('what the kernel violates without a patch betrays no mutant', async (t) => {
  const known = run('pending-dies', 'known', [verdict('settled', 'violated'), verdict('accepted', 'held')])
  const anyway = knownOfClean([PASS, known])
  t.same(anyway, new Set(['pending-dies settled']))
  const again = run('pending-dies', 'fail', [
    verdict('settled', 'violated'),
    verdict('delivered', 'violated'),
  ])
  t.match(judgeMutant(plain, [again], anyway ?? none).laws, [{ law: 'delivered' }])
  t.equal(judgeMutant(plain, [PASS, known], anyway ?? none).fate, 'survived')
})

await t.test('the kernel without a patch has to pass', async (t) => {
  t.same(knownOfClean([PASS, run('immediate-move', 'skip')]), none)
  for (const outcome of ['fail', 'broken', 'fixed'] as const)
    t.equal(knownOfClean([PASS, run('deferred-move', outcome)]), undefined, outcome)
  t.equal(knownOfClean([run('immediate-move', 'skip')]), undefined, 'a skip alone is no pass')
  t.equal(knownOfClean([]), undefined)
})

await t.test('a run that broke is asked again, unless a law has spoken', async (t) => {
  const broken = run('quiet-queue', 'broken')
  t.equal(isFinal(judgeMutant(plain, [PASS, broken], none)), false)
  t.equal(isFinal(judgeMutant(plain, [CAUGHT, broken], none)), true)
  t.equal(isFinal(judgeMutant(plain, [PASS], none)), true)
  t.equal(
    isFinal(judgeMutant(plain, [run('quiet-queue', 'fail')], none)),
    true,
    'a kernel fault is an answer',
  )
})

await t.test('good is caught or equivalent', async (t) => {
  t.same((['caught', 'equivalent', 'crashed', 'survived', 'disproved'] as const).map(isGood), [
    true,
    true,
    false,
    false,
    false,
  ])
})
