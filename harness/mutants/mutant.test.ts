/** Is every patch in the folder a mutant that can be judged, and is a head that says too little refused? */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { LAW_NAMES, type LawName } from '../irq/laws/law-names.ts'
import { allMutants, mutantsNamed, patchOf } from './catalogue.ts'
import { parseMutant } from './mutant.ts'

const mutants = allMutants()
/** Laws that the kernel which the mutants are made of violates as it is (docs/reports/): no patch can make it worse. */
const VIOLATED_ANYWAY: ReadonlySet<LawName> = new Set(['last-word', 'message-once', 'message-by-way'])

await t.test('every patch of the folder is a mutant', async (t) => {
  const patches = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.patch'))
  t.equal(mutants.length, patches.length)
  t.ok(mutants.length >= 20)
  t.equal(
    new Set(mutants.map(({ subject }) => subject)).size,
    mutants.length,
    'each is broken in its own way',
  )
  for (const mutant of mutants) {
    t.equal(mutant.text, readFileSync(patchOf(mutant), 'utf8'))
    t.ok(
      mutant.files.every((file) =>
        /^(kernel\/irq|arch\/x86\/kernel\/apic|drivers\/iommu\/intel|lib)\//.test(file),
      ),
      mutant.name,
    )
    t.equal(mutant.proof === undefined, mutant.betrayedBy.length > 0, `${mutant.name}: laws, or a proof`)
  }
})

await t.test('every hunk is as long as it says: git would refuse it otherwise', async (t) => {
  for (const { name, text } of mutants) {
    const hunks = text.split(/^(?=@@ )/m).slice(1)
    t.ok(hunks.length > 0, name)
    for (const hunk of hunks) {
      const [, before = '1', after = '1'] = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(hunk) ?? []
      const lines =
        hunk
          .split(/^diff --git /m)[0]
          ?.trimEnd()
          .split('\n')
          .slice(1) ?? []
      const count = (...marks: string[]) => lines.filter((line) => marks.includes(line[0] ?? ' ')).length
      // A blank line of context at the end of the last hunk may be trimmed off.
      t.ok(Math.abs(count(' ', '-') - Number(before)) <= 1, `${name}: lines before`)
      t.equal(count('+') - count('-'), Number(after) - Number(before), `${name}: lines added and taken away`)
    }
  }
})

await t.test('every law is put to the test by some mutant', async (t) => {
  const named = new Set(mutants.flatMap(({ betrayedBy }) => betrayedBy))
  t.same(
    LAW_NAMES.filter((law) => !named.has(law) && !VIOLATED_ANYWAY.has(law)),
    [],
  )
})

const HEAD = 'Subject: genirq: it is broken\nClass: a class\nBetrayed-by: settled\n\nIt does not work.\n'
const DIFF =
  '---\n a | 1 +\n\ndiff --git a/kernel/irq/a.c b/kernel/irq/a.c\n--- a/kernel/irq/a.c\n+++ b/kernel/irq/a.c\n@@ -1 +1 @@\n-a\n+b\n'

await t.test('what the head says', async (t) => {
  t.match(parseMutant('a-b', HEAD + DIFF), {
    name: 'a-b',
    subject: 'genirq: it is broken',
    class: 'a class',
    betrayedBy: ['settled'],
    files: ['kernel/irq/a.c'],
  })
  const equivalent =
    HEAD.replace('Betrayed-by: settled', 'Equivalent: yes') + '\nProof: nobody reads it.\n\nAt all.\n'
  t.match(parseMutant('a-b', equivalent + DIFF), { betrayedBy: [], proof: 'nobody reads it.\n\nAt all.' })
})

await t.test('what is wrong with a patch is said, with its file', async (t) => {
  const refuses = (head: string, says: RegExp, name = 'a-b', diff = DIFF) =>
    t.throws(() => parseMutant(name, head + diff), { name: 'UsageError', message: says })
  refuses(HEAD, /A b\.patch: name it with small letters/, 'A b')
  refuses(HEAD.replace('settled', 'setled'), /a-b\.patch: there is no law "setled": accepted, /)
  refuses(HEAD.replace('Betrayed-by: settled\n', ''), /the head has no Betrayed-by/)
  refuses(HEAD.replace(/Class.*\n/, ''), /the head has no Class/)
  refuses(HEAD.replace('Class', 'Kind'), /the head has "Kind: a class": known are Subject/)
  refuses(HEAD.replace('Class: a class', 'Subject: again'), /the head has Subject twice/)
  refuses(HEAD.replace('\nIt does not work.\n', ''), /plain words/)
  refuses(HEAD, /there is no diff/, 'a-b', '---\n')
  refuses(
    HEAD.replace('Betrayed-by: settled', 'Equivalent: yes'),
    /an equivalent needs a paragraph that begins Proof:/,
  )
  refuses(`${HEAD}\nProof: it is so.\n`, /a mutant with a proof says Equivalent: yes/)
  refuses(`${HEAD}\nSigned-off-by: A B <a@example.org>\n`, /only a person can sign off/)
})

await t.test('names', async (t) => {
  t.same(mutantsNamed([], mutants), mutants)
  t.same(
    mutantsNamed(['unmask-lost'], mutants).map(({ name }) => name),
    ['unmask-lost'],
  )
  t.throws(() => mutantsNamed(['unmask-losst'], mutants), {
    name: 'UsageError',
    message: 'unknown mutant "unmask-losst"; did you mean "unmask-lost"?; see --list',
  })
  t.same(
    mutants.map(patchOf),
    mutants.map(({ name }) => join(import.meta.dirname, `${name}.patch`)),
  )
})
