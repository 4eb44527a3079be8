/** Does an error about a text name the text, the line and what is wrong? */
import t from 'tap'
import { Trouble } from '../base/errors.ts'
import { MalformedText, wholeLines } from './malformed-text.ts'

await t.test('names the text, the line and what is wrong', async (t) => {
  const error = new MalformedText('/proc/interrupts', 7, '  24:  1', 'no irqchip after the counts')
  t.equal(error.message, '/proc/interrupts, line 7: no irqchip after the counts: "  24:  1"')
  t.match(error, { name: 'MalformedText', source: '/proc/interrupts', line: 7, text: '  24:  1' })
  t.ok(error instanceof Trouble, 'is trouble, so that a run with it ends as broken')
})

await t.test('repeats only the head of a long line', async (t) => {
  const error = new MalformedText('trace', 1, 'x'.repeat(5000), 'not an entry')
  t.ok(error.message.length < 200)
  t.equal(error.text.length, 5000)
})

await t.test('takes whole lines only', async (t) => {
  t.same(wholeLines('x', 'a\n\nb\n'), ['a', '', 'b'])
  t.same(wholeLines('x', '\n'), [''])
  t.throws(() => wholeLines('x', 'a\nb'), { line: 2, text: 'b', message: /cut before/ })
  t.throws(() => wholeLines('x', ''), { line: 1, message: /empty/ })
})
