import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { addToJournal, type JournalEntry, readJournal } from './journal.ts'

const file = join(t.testdir({}), 'journal.jsonl')
const entry: JournalEntry = {
  step: 1,
  sha: 'ab'.repeat(20),
  subject: 'irq: "quoted", é\tand\nmore',
  finding: 'bad',
  passes: 0,
  fails: 1,
  reason: 'two\nlines',
  records: ['a/b/record.json'],
  buildMs: 20,
  tookMs: 30,
}

await t.test('what was added is read, in order', async (t) => {
  t.same(readJournal(file), [])
  addToJournal(file, entry)
  addToJournal(file, { ...entry, step: 2, finding: 'good' })
  t.same(readJournal(file), [entry, { ...entry, step: 2, finding: 'good' }])
})

await t.test('a line that a death cut short is dropped, wherever it was cut', async (t) => {
  const whole = readFileSync(file, 'utf8')
  const line = `${JSON.stringify({ ...entry, step: 3 })}\n`
  for (const length of [1, 17, line.length - 1]) {
    writeFileSync(file, whole + line.slice(0, length))
    t.equal(readJournal(file).length, 2)
    t.equal(readFileSync(file, 'utf8'), whole, 'and what comes next begins on a line of its own')
  }
  addToJournal(file, { ...entry, step: 3 })
  t.equal(readJournal(file).length, 3)
})

await t.test('anything else is an error that names the line and the remedy', async (t) => {
  for (const [text, why] of [
    ['nonsense\n', /journal\.jsonl line 4: /],
    ['{"step":4}\n', /journal\.jsonl line 4: entry\.sha is missing/],
    [`${JSON.stringify({ ...entry, finding: 'fine' })}\n`, /line 4: entry\.finding is "fine"/],
  ] as const) {
    const before = readFileSync(file, 'utf8')
    appendFileSync(file, text)
    t.throws(() => readJournal(file), { name: 'Trouble', message: why, hint: /--fresh/ })
    writeFileSync(file, before)
  }
})
