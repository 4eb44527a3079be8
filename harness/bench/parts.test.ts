import t from 'tap'
import { DEFAULT_PARTS, measurementsFor, PART_NAMES, partLines, partsIn } from './parts.ts'

await t.test('parts are taken in the order of the table', async (t) => {
  t.same(partsIn('verdict,ready'), ['ready', 'verdict'])
  t.same(partsIn('sizes, sizes'), ['sizes'])
  t.same(partsIn('all'), PART_NAMES)
  t.notOk(DEFAULT_PARTS.includes('suite'), 'too slow for every day')
  t.equal(DEFAULT_PARTS.length, PART_NAMES.length - 1)
})

await t.test('a part that does not exist is named, with what was probably meant', async (t) => {
  t.throws(() => partsIn('ready,verdic'), { name: 'UsageError', message: /"verdic".*did you mean "verdict"/ })
  t.throws(() => partsIn(''), { name: 'UsageError', message: /""/ })
  t.throws(() => partsIn('toString'), { name: 'UsageError' })
})

await t.test('only what is needed is measured', async (t) => {
  t.same([...measurementsFor(['start'])], ['starts'])
  t.same([...measurementsFor(['ready', 'memory'])].sort(), ['cold run', 'floor', 'warm run'])
  t.equal(measurementsFor([]).size, 0)
})

await t.test('each part has its line of help', async (t) => {
  t.equal(partLines().length, PART_NAMES.length)
  for (const [at, name] of PART_NAMES.entries()) t.match(partLines()[at], new RegExp(`^${name} +\\S`))
})
