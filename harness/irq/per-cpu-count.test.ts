/** Are the counts of one irq read right, and is a cut file refused? */
import * as fc from 'fast-check'
import t from 'tap'
import { MalformedText } from './malformed-text.ts'
import { parseCount, parsePerCpuCount } from './per-cpu-count.ts'

const anyCounts = fc.array(fc.nat(2 ** 32 - 1), { minLength: 1, maxLength: 70 })

await t.test('reads one count for each possible CPU', async (t) => {
  t.same(parsePerCpuCount('0,5,0,4294967295\n'), [0, 5, 0, 4294967295])
  t.same(parsePerCpuCount('7\n'), [7])
})

await t.test('refuses what is not wholly such a list', async (t) => {
  const bad = [
    '',
    '\n',
    '1',
    '1,2',
    '1,\n',
    ',1\n',
    '1,,2\n',
    '1 2\n',
    '1,2\n3\n',
    '-1\n',
    '01\n',
    '4294967296\n',
    '0x1\n',
    '1.5\n',
    ' 1\n',
    '1\r\n',
  ]
  for (const text of bad) t.throws(() => parsePerCpuCount(text), MalformedText, JSON.stringify(text))
})

await t.test('the kernel cuts the file at 4096 bytes: that is an error, never fewer CPUs', async (t) => {
  const page = Array.from({ length: 500 }, () => '4294967295')
    .join(',')
    .slice(0, 4095)
  t.throws(() => parsePerCpuCount(page), { line: 1, message: /cut before the end/ })
})

await t.test('any list of counts reads back', async () => {
  fc.assert(
    fc.property(anyCounts, (counts) => t.strictSame(parsePerCpuCount(`${counts.join(',')}\n`), counts)),
    { numRuns: 50 },
  )
})

await t.test('any cut is an error', async () => {
  fc.assert(
    fc.property(anyCounts, fc.nat(), (counts, cut) => {
      const text = `${counts.join(',')}\n`
      t.throws(() => parsePerCpuCount(text.slice(0, cut % text.length)), MalformedText)
    }),
    { numRuns: 50 },
  )
})

await t.test('a count is at most 32 bits wide', async (t) => {
  t.equal(parseCount('4294967295'), 4294967295)
  t.equal(parseCount('4294967296'), undefined)
  t.equal(parseCount(''), undefined)
  t.equal(parseCount('00'), undefined)
})
