import t from 'tap'
import { aRecord } from '../record/record-fixture.ts'
import type { Outcome } from '../record/run-record.ts'
import { bracketLines } from './bracket-lines.ts'

const leak = { name: 'leak', bracket: { violated: 'debian:5.10.218-1', held: 'debian:5.10.223-1' } }
const on = (source: string, ...outcomes: readonly Outcome[]) =>
  outcomes.map((outcome) => aRecord({ scenario: 'leak', outcome, kernel: { ...aRecord({}).kernel, source } }))

await t.test('one run on either side', async (t) => {
  const records = [...on('debian:5.10.218-1', 'known'), ...on('debian:5.10.223-1', 'pass')]
  t.same(bracketLines([leak], records), [
    'leak: violated on debian:5.10.218-1, held on debian:5.10.223-1, as declared',
  ])
})

await t.test('what the bad kernel said is told', async (t) => {
  const message = { pattern: 'failed', line: 'IRQ7: it failed(-28).', count: 3, reason: 'known since long' }
  const bad = on('debian:5.10.218-1', 'known').map((record) => ({ ...record, messages: [message] }))
  t.same(bracketLines([leak], [...bad, ...on('debian:5.10.223-1', 'pass')]), [
    'leak: violated on debian:5.10.218-1 (it says: IRQ7: it failed(-28).), held on debian:5.10.223-1, as declared',
  ])
})

await t.test('one run of several did not show it', async (t) => {
  const records = [...on('debian:5.10.218-1', 'known', 'fixed'), ...on('debian:5.10.223-1', 'pass', 'pass')]
  t.same(bracketLines([leak], records), [
    'leak: violated on debian:5.10.218-1 in 1 of 2 runs, held on debian:5.10.223-1 in 2 of 2 runs, NOT as declared',
  ])
})

await t.test('a broken run is no sign of a cure', async (t) => {
  const records = [...on('debian:5.10.218-1', 'known'), ...on('debian:5.10.223-1', 'broken')]
  t.match(bracketLines([leak], records)[0], /held on debian:5.10.223-1 in 0 of 1 runs, NOT as declared$/)
})

await t.test('nothing is said when one side was not asked, or of another scenario', async (t) => {
  t.same(bracketLines([leak], on('debian:5.10.218-1', 'known')), [])
  const records = [...on('debian:5.10.218-1', 'known'), ...on('debian:5.10.223-1', 'pass')]
  t.same(bracketLines([{ ...leak, name: 'other' }], records), [])
})
