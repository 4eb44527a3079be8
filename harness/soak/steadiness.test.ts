import t from 'tap'
import { aRecord, aVerdict } from '../record/record-fixture.ts'
import type { RunRecord } from '../record/run-record.ts'
import { exitCodeOf, steadinessOf } from './steadiness.ts'
import { soakTable } from './table.ts'

const PASS = aRecord()
const waited = (share: number): RunRecord => ({
  ...PASS,
  timings: { ...PASS.timings, vcpusWaitedShare: share },
})
const verdicts = (...states: readonly RunRecord['verdicts'][number]['state'][]): RunRecord =>
  aRecord({ verdicts: states.map((state, at) => aVerdict({ state, queue: `input.${at}` })) })
const BROKEN = aRecord({ outcome: 'broken', stage: 'starved', reason: 'the host was busy', verdicts: [] })

await t.test('rounds that say the same', (t) => {
  const seen = steadinessOf([[waited(0.2)], [waited(0.4)]])
  t.match(seen, [
    { scenario: 'deferred-move', machine: 'plain', outcomes: [{ outcome: 'pass', rounds: 2 }], changed: [] },
  ])
  t.match(seen[0]?.waited, { worst: 0.4 })
  t.equal(exitCodeOf(seen), 0)
  const table = soakTable(seen)
  t.match(table, /^scenario +machine +rounds +vCPUs waited, mean \(worst\) +changed\n/)
  t.match(table, /^deferred-move +plain +2 pass +30 % \(40 %\) +none$/m)
  t.end()
})

await t.test('which queue was asked is a choice, what came of it is not', (t) => {
  const other = aRecord({ verdicts: [aVerdict({ queue: 'input.3' }), aVerdict({ law: 'held' })] })
  t.same(steadinessOf([[PASS], [other]])[0]?.changed, [])
  const uneven = steadinessOf([
    [verdicts('held', 'held')],
    [verdicts('held', 'unproven')],
    [verdicts('held', 'held')],
  ])
  t.same(uneven[0]?.changed, ['accepted: 2 held in 2, 1 unproven and 1 held in 1'])
  t.equal(exitCodeOf(uneven), 1)
  t.match(soakTable(uneven), / 1\n {4}accepted: 2 held in 2,/)
  const silent = steadinessOf([[verdicts('held')], [verdicts()]])
  t.same(silent[0]?.changed, ['accepted: 1 held in 1, not asked in 1'], 'nor may a law go unasked')
  t.end()
})

await t.test('a broken round has not judged: it is broken, and no change', (t) => {
  const seen = steadinessOf([[PASS], [BROKEN]])
  t.match(seen, [
    {
      outcomes: [
        { outcome: 'broken', rounds: 1 },
        { outcome: 'pass', rounds: 1 },
      ],
      changed: [],
    },
  ])
  t.equal(exitCodeOf(seen), 2)
  t.match(soakTable(seen), /1 broken, 1 pass .*\n {4}the host was busy\n/)
  t.equal(exitCodeOf([]), 2, 'and so is a soak without a round')
  t.end()
})

await t.test('a failure is one, and so is an outcome that changes', (t) => {
  t.equal(exitCodeOf(steadinessOf([[aRecord({ outcome: 'fail' })]])), 1)
  t.equal(exitCodeOf(steadinessOf([[aRecord({ outcome: 'known' })], [aRecord({ outcome: 'known' })]])), 0)
  t.equal(exitCodeOf(steadinessOf([[aRecord({ outcome: 'skip' })], [PASS]])), 1)
  t.end()
})

await t.test('kernels and machines are told apart', (t) => {
  const newer = aRecord({ kernel: { ...PASS.kernel, release: '7.3.4', sha256: 'ef'.repeat(32) } })
  const seen = steadinessOf([
    [PASS, newer],
    [PASS, newer],
  ])
  t.same(
    seen.map(({ kernel }) => kernel),
    ['6.1.0-56-cloud-amd64', '7.3.4'],
  )
  t.match(soakTable(seen), /^scenario +kernel +machine/)
  t.end()
})
