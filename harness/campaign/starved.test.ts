import t from 'tap'
import type { Conclusion } from './outcome.ts'
import { unlessStarved, waitedShare } from './starved.ts'

const window = (ranMs: number, waitedMs: number | undefined) => ({
  ranMs,
  waitedMs,
  wallMs: 4000,
  threads: 4,
})
const fail: Conclusion = { outcome: 'fail', reason: 'held violated on input.0 (irq 28): it moved' }

await t.test('a fail is believed of a guest that could run', async (t) => {
  for (const seen of [window(1000, 0), window(1000, 3999), window(1000, undefined), undefined])
    t.equal(unlessStarved(fail, seen), fail)
})

await t.test('a fail of a starved guest is broken, and says what was seen', async (t) => {
  t.match(unlessStarved(fail, window(1000, 9000)), {
    outcome: 'broken',
    stage: 'starved',
    reason: /waited 90 % .* held violated on input\.0/,
    hint: /--retries 1/,
  })
})

await t.test('nothing else is touched', async (t) => {
  for (const outcome of ['pass', 'known', 'fixed', 'broken', 'skip'] as const) {
    const other: Conclusion = { outcome, reason: 'x' }
    t.equal(unlessStarved(other, window(1, 1000)), other)
  }
})

await t.test('the share is of the time in which they wanted to run', async (t) => {
  t.equal(waitedShare({ ranMs: 300, waitedMs: 100 }), 0.25)
  t.equal(waitedShare({ ranMs: 0, waitedMs: 0 }), 0)
  t.equal(waitedShare({ ranMs: 5, waitedMs: undefined }), undefined)
})
