/** Is the pending bit read from the right place of the state word? */
import t from 'tap'
import { irqState } from './irq-state.ts'
import { RECORDED } from './recorded-fixture.ts'

await t.test('bit 8 alone says that a request is pending, bit 9 that the irq has a vector', async (t) => {
  for (let bit = 0; bit < 32; bit++) {
    const word = 2 ** bit
    t.same(irqState(word), { word, pending: bit === 8, activated: bit === 9 }, `bit ${bit}`)
  }
  t.equal(irqState(0).pending, false)
  t.equal(irqState(0xffffffff).pending, true)
  t.equal(irqState(0xfffffeff).pending, false)
})

await t.test('words of real guests, before and after a deferred move', async (t) => {
  t.equal(irqState(0x1d401300).pending, true)
  t.equal(irqState(0x1d401200).pending, false)
  t.equal(irqState(0x35401300).pending, true, 'of 5.10')
  for (const { name, run, claims } of RECORDED.filter((recorded) => /plain-deferred/.test(recorded.name))) {
    for (const { move } of claims) {
      t.equal(move.written.state?.pending, true, `${name}: pending after the write`)
      t.equal(move.batches.at(-1)?.after.state?.pending, false, 'not after the move')
    }
    t.equal(run.moves[0]?.before.state, undefined, 'unknown before the first write')
  }
})
