import t from 'tap'
import { WILD } from './campaign-fixture.ts'
import { bounded, safeLine, safeText } from './safe-text.ts'

await t.test('what is no text is spelled, what is text stays', (t) => {
  t.equal(safeText('\u001b[31mred\u001b[0m\ttab\nline Ärger 日本 😀'), 'red\ttab\nline Ärger 日本 😀')
  t.equal(
    safeText('\u0000 \u0007 \u007f \u0085 \ud800 \uffff \u2028'),
    '\\x00 \\x07 \\x7f \\x85 \\ud800 \\uffff \\u2028',
  )
  t.equal(safeText('a\r\nb\rc'), 'a\nb\\x0dc')
  // Char of XML 1.0, without the surrogates that JavaScript has for the upper planes.
  t.match(safeText(WILD.join('\n')), /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd]*$/)
  t.end()
})

await t.test('one line', (t) => {
  t.equal(safeLine('  a \n\n b\tc '), 'a b c')
  t.end()
})

await t.test('beginning and end of what is too long', (t) => {
  t.equal(bounded('short', 100), 'short')
  const text = bounded(`begin${'x'.repeat(1000)}end`, 100)
  t.ok(text.length <= 100, String(text.length))
  t.match(text, /^beginx+\n\[\.\.\. 908 characters left out \.\.\.\]\nx+end$/)
  t.notMatch(bounded('😀'.repeat(1000), 101), /\p{Cs}/u)
  t.end()
})
