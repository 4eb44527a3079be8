import t from 'tap'
import { aRecord } from '../record/record-fixture.ts'
import { checkStarts } from './run-cost.ts'

function started(start: 'cold' | 'warm', notes: string[] = []) {
  return aRecord({ guest: { flavour: 'micro', sha256: 'cd'.repeat(32), start }, notes })
}

await t.test('a warm figure is never made from a guest that booted', async (t) => {
  t.equal(checkStarts([started('warm'), started('warm')], 'warm').length, 2)
  t.throws(() => checkStarts([started('warm'), started('cold', ['it is damaged'])], 'warm'), {
    name: 'Trouble',
    message: 'deferred-move started cold, not warm: it is damaged',
  })
  t.throws(() => checkStarts([started('warm')], 'cold'), { message: /started warm, not cold$/ })
  t.throws(() => checkStarts([aRecord()], 'warm'), { message: /started undefined/ })
})

await t.test('what did not pass has no cost', async (t) => {
  const skipped = aRecord({ outcome: 'skip', reason: 'interrupts are remapped' })
  t.throws(() => checkStarts([skipped], 'cold'), { message: /did not pass: skip: interrupts are remapped/ })
})
