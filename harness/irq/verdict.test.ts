/** Are the three answers kept apart, and does each carry what decided it? */
import t from 'tap'
import { held, unproven, violated } from './verdict.ts'

await t.test('each answer has its state, its sentence and its numbers', async (t) => {
  const numbers = { counted: 1, effective: '2-3' }
  t.same(held('it moved', numbers), { state: 'held', sentence: 'it moved', numbers })
  t.same(violated('it did not', numbers), { state: 'violated', sentence: 'it did not', numbers })
  t.same(unproven('no probe was sent', numbers), {
    state: 'unproven',
    sentence: 'no probe was sent',
    numbers,
  })
  for (const answer of [held, violated, unproven]) t.same(answer('said').numbers, {}, 'numbers may be none')
})
