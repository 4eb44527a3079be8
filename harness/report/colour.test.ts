import { stripVTControlCharacters } from 'node:util'
import t from 'tap'
import { OUTCOMES } from '../record/run-record.ts'
import { pad, paletteFor } from './colour.ts'

const terminal = { isTTY: true }

await t.test('colour on a terminal, and nowhere else', async (t) => {
  const bare = [
    paletteFor({ isTTY: false }, { TERM: 'xterm' }),
    paletteFor({}, { TERM: 'xterm' }),
    paletteFor(terminal, { TERM: 'xterm', NO_COLOR: '1' }),
    paletteFor(terminal, { TERM: 'xterm', NO_COLOR: '' }),
    paletteFor(terminal, { TERM: 'dumb' }),
  ]
  for (const { outcome, bold, dim, good, bad, doubt } of bare) {
    for (const paint of [...Object.values(outcome), bold, dim, good, bad, doubt]) t.equal(paint('x'), 'x')
  }
  const { outcome, bold, dim, good, bad, doubt } = paletteFor(terminal, { TERM: 'xterm' })
  for (const paint of [...Object.values(outcome), bold, dim, good, bad, doubt]) {
    const painted = paint('x')
    t.match(painted, /^\p{Cc}\[\d+mx\p{Cc}\[\d+m$/u, 'on, and off again')
    t.equal(stripVTControlCharacters(painted), 'x')
  }
  t.same(Object.keys(outcome).sort(), [...OUTCOMES].sort())
})

await t.test('padding counts what is seen', async (t) => {
  t.equal(pad('ab', 4), 'ab  ')
  t.equal(pad('abcd', 2), 'abcd', 'never cuts')
  t.equal(pad('\u001B[32m✓\u001B[39m', 3), '\u001B[32m✓\u001B[39m  ')
})
