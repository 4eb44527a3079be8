/** Do the kept transcripts still show what they are for, and are they those that would be typed again? */
import t from 'tap'
import { keptTranscripts } from '../cli/diagnose-page.ts'
import { commandsIn, formatTranscript, parseTranscript } from '../diagnose/tree/kept-transcript.ts'
import { STEPS } from '../diagnose/tree/tree.ts'
import { missingIn } from './take.ts'
import { TRANSCRIPT_GUESTS } from './transcript-guests.ts'
import { lineOf, withNumbers } from './transcript.ts'

const kept = keptTranscripts()
const typed = TRANSCRIPT_GUESTS.flatMap(({ transcripts }) => transcripts)

await t.test('each is kept, and shows what it must', async (t) => {
  for (const { name, shows } of typed) {
    const one = kept.get(name)
    t.ok(one, name)
    t.same(missingIn(one?.text ?? '', shows), [], `${name}: \`npm run transcripts -- ${name}\``)
    t.match(one?.taken, /^Linux \d+\.\d+\S*, machine [a-z].*, \d{4}-\d\d-\d\d$/, name)
  }
})

await t.test('each has the commands that would be typed today', async (t) => {
  for (const { name, typed: lines } of typed) {
    const commands = commandsIn(kept.get(name) ?? { taken: '', text: '' })
    t.equal(commands.length, lines.length, name)
    for (const [at, line] of lines.entries()) {
      const pattern = lineOf(line, 0)
        .replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`)
        .replaceAll(/\{\w+\}/g, String.raw`\d+`)
        .replace('grep -A 0 ', String.raw`grep -A \d+ `)
        .replaceAll(/\{(?!\d)/g, String.raw`\{`)
      t.match(commands[at], new RegExp(`^${pattern}$`), name)
    }
  }
})

await t.test('none is left over, and each is on the page', async (t) => {
  const names = typed.map(({ name }) => name)
  t.equal(new Set(names).size, names.length)
  t.same([...kept.keys()].toSorted(), names.toSorted())
  const shown = new Set(['the-question', ...STEPS.flatMap(({ seen }) => seen.map(([, name]) => name))])
  t.same(
    names.filter((name) => !shown.has(name)),
    [],
  )
})

await t.test('numbers, and the file', async (t) => {
  t.equal(withNumbers('cat /proc/irq/{tx}/x', new Map([['tx', 33]])), 'cat /proc/irq/33/x')
  t.throws(() => withNumbers('{tx}', new Map()), /no irq is called tx/)
  t.equal(
    lineOf({ diagnose: '{tx}', finding: 'vectors-short' }, 2),
    'irqlab diagnose guest.tar --irq {tx} | grep -A 2 vectors-short',
  )
  const one = { taken: 'Linux 6.1', text: '$ a\nb\n\n$ c' }
  t.same(parseTranscript(formatTranscript(one), 'x'), one)
  t.same(commandsIn(one), ['a', 'c'])
  t.throws(() => parseTranscript('$ a\n', 'x'), /has no first line/)
})

await t.test('a sentence may be broken into lines', async (t) => {
  t.same(missingIn('a request\n    waits', [/request waits/, /^a request$/m]), [])
  t.same(missingIn('a request', [/waits/]), [/waits/])
})
