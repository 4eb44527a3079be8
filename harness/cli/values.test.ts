import * as fc from 'fast-check'
import t from 'tap'
import { nonEmptyText, oneOf, plainText, positiveNumber, wholeNumber } from './values.ts'

const whole = wholeNumber('--n', 1, 10_000)
const positive = positiveNumber('--x', 1000)

t.equal(whole('1'), 1)
t.equal(whole('10000'), 10_000)
t.equal(positive('2.5'), 2.5)
t.equal(positive('.5'), 0.5)
t.equal(positive('1000'), 1000)
t.equal(oneOf('--o', ['a', 'b'])('b'), 'b')
t.equal(plainText('--t')(''), '')
t.equal(nonEmptyText('--t')(' $x '), ' $x ')

await t.test('what is no number of that kind is refused with the option and the value', async (t) => {
  const wrong = [
    '',
    ' ',
    '5 ',
    ' 5',
    '5\n',
    '+5',
    '-5',
    '-0',
    '1e2',
    '0x5',
    '0b1',
    '1_000',
    '1,5',
    'NaN',
    '٣',
    '５',
  ]
  for (const text of [...wrong, '0', '10001', '99999999999999999999', '2.0', 'Infinity', '5n', 'null']) {
    t.throws(() => whole(text), {
      name: 'UsageError',
      message: `--n ${JSON.stringify(text)}: give a whole number from 1 to 10000`,
    })
  }
  for (const text of [...wrong, '0', '0.0', '1000.1', '1.', '.', '1.2.3', 'Infinity', '-Infinity', '1e999']) {
    t.throws(() => positive(text), {
      name: 'UsageError',
      message: new RegExp(`^--x ${JSON.stringify(text).replaceAll(/[.+\\]/g, String.raw`\$&`)}: `),
    })
  }
  t.throws(() => oneOf('--o', ['a', 'b'])('ab'), { message: '--o "ab": give one of a, b' })
  t.throws(() => nonEmptyText('--t')(''), { message: '--t is empty' })
})

await t.test('a number that is taken is the number that was written', async (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String)), (text) => {
      let value
      try {
        value = whole(text)
      } catch {
        return
      }
      // Nothing but digits was ever taken, so leading zeros are all that may differ.
      if (String(value) !== text.replace(/^0+/, '')) throw new Error(`${text} was taken as ${value}`)
    }),
  )
  t.pass('no counterexample')
})

await t.test('text that would not be one line is refused, any control character', async (t) => {
  const control = fc.integer({ min: 0, max: 0x9f }).filter((code) => code < 0x20 || code > 0x7e)
  fc.assert(
    fc.property(fc.string(), control, fc.string(), (before, code, after) => {
      try {
        plainText('--t')(before + String.fromCharCode(code) + after)
      } catch (error) {
        return error instanceof Error && error.name === 'UsageError'
      }
      return false
    }),
  )
  t.pass('no counterexample')
})
