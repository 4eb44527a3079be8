import * as fc from 'fast-check'
import t from 'tap'
import { wrap } from './wrap.ts'

t.same(wrap('one two three', undefined), ['one two three'])
t.same(wrap('one two three', 80), ['one two three'])
t.same(wrap('one two three', 7), ['one two', 'three'])
t.same(wrap('  one two three', 9, '    '), ['  one two', '    three'])
t.same(wrap('/a/very/long/path is never broken', 8), ['/a/very/long/path', 'is never', 'broken'])
t.same(wrap('', 8), [''])

await t.test('no word is lost, and no line is wider than it must be', async (t) => {
  const sentence = fc.array(fc.stringMatching(/^[a-z/]{1,12}$/), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(sentence, fc.integer({ min: 16, max: 100 }), (words, width) => {
      const lines = wrap(words.join(' '), width, '  ')
      return (
        lines.every((line) => line.length <= width) &&
        lines.map((line) => line.trim()).join(' ') === words.join(' ')
      )
    }),
  )
  t.pass('no counterexample')
})
