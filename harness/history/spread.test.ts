import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import t from 'tap'
import { movementOf, SAMPLES_MIN, spreadOf } from './spread.ts'

const usual = [10_000, 10_100, 9900, 10_200, 9800, 10_050, 9950, 10_150]

await t.test('with few runs before nothing is said', async (t) => {
  t.equal(usual.length, SAMPLES_MIN)
  t.equal(movementOf(usual.slice(1), [30_000]).verdict, 'too few')
  t.equal(movementOf(usual, []).verdict, 'too few')
  t.equal(movementOf(usual, [30_000]).verdict, 'slower')
})

await t.test('beyond the noise, a tenth, and what anybody would notice', async (t) => {
  t.equal(movementOf(usual, [10_900]).verdict, 'as usual', 'under a tenth')
  t.equal(movementOf(usual, [11_200]).verdict, 'slower')
  t.equal(movementOf(usual, [8000]).verdict, 'faster')
  t.equal(
    movementOf(
      Array.from({ length: 9 }, () => 500),
      [700],
    ).verdict,
    'as usual',
    'a fifth of a second',
  )
  const wide = [10_000, 20_000, 12_000, 18_000, 14_000, 11_000, 19_000, 15_000]
  t.equal(movementOf(wide, [26_000]).verdict, 'as usual', 'noise')
})

await t.test('one run of a bad hour moves neither side', async (t) => {
  t.equal(movementOf([...usual, 90_000], [10_000]).verdict, 'as usual')
  t.equal(movementOf(usual, [10_000, 10_100, 90_000]).verdict, 'as usual')
  t.match(spreadOf([1, 2, 3, 4, 100]), { count: 5, medianMs: 3 })
})

await t.test('noise alone is seldom called a movement', async (t) => {
  const random = xoroshiro128plus(7)
  // Twelve uniform numbers less six are as good as normal: 15 s with a deviation of 5 %.
  const sample = () => {
    let sum = -6
    for (let at = 0; at < 12; at++) sum += uniformInt(random, 0, 999) / 999
    return 15_000 * (1 + 0.05 * sum)
  }
  const many = (count: number) => Array.from({ length: count }, sample)
  const alarms = (before: number) =>
    Array.from({ length: 3000 }, () => movementOf(many(before), many(1)).verdict).filter(
      (verdict) => verdict !== 'as usual',
    ).length / 3000
  const [few, more] = [alarms(SAMPLES_MIN), alarms(30)]
  t.comment(`false alarms: ${few} with ${SAMPLES_MIN} runs before, ${more} with 30`)
  t.ok(few < 0.02, `with the fewest: ${few}`)
  t.ok(more < 0.002, `with thirty: ${more}`)
})
