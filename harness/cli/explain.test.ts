/** Can every scenario, law, verdict and outcome be explained, on a terminal, as JSON and as a page? */
import { readFileSync } from 'node:fs'
import { format } from 'prettier'
import t from 'tap'
import { z } from 'zod'
import { LAW_NAMES } from '../irq/laws/law-names.ts'
import { OUTCOMES } from '../record/run-record.ts'
import { paletteFor } from '../report/colour.ts'
import { explanationLines } from '../report/explanation.ts'
import { catalogueText } from './catalogue-text.ts'
import { allExplanations, explanationsOf } from './explanations.ts'
import { irqlab, makePlace } from './irqlab-fixture.ts'

const place = makePlace()
t.teardown(() => place.remove())

const all = await allExplanations()

await t.test('every scenario says why it is asked, and which laws answer', async (t) => {
  t.ok(all.scenarios.length > 0)
  for (const { name, why, laws } of all.scenarios) {
    t.ok(why.length > 40, `${name}: its file opens with a comment that says why it is asked, for a reader`)
    t.ok(laws.length > 0, `${name}: a claim in its body, as check(move).moved()`)
  }
})

await t.test('every law says why it matters, where the kernel obeys it, and where to look', async (t) => {
  t.same(
    all.laws.map(({ name }) => name),
    LAW_NAMES,
  )
  for (const { name, wording, matters, path, violation, look } of all.laws) {
    for (const text of [wording, matters, violation, ...look]) t.ok(text.length > 20, `${name}: ${text}`)
    t.ok(path.length > 0 && look.length > 0, `${name}: a path in the kernel, and a place to look at`)
  }
})

await t.test('verdicts and outcomes are explained; a name may stand for two things', async (t) => {
  for (const name of ['violated', 'unproven', ...OUTCOMES]) t.equal(explanationsOf(name, all).length, 1, name)
  t.same(
    explanationsOf('held', all).map(({ kind }) => kind),
    ['law', 'verdict'],
  )
})

await t.test('every finding says what it means, what to do, and which scenarios show it', async (t) => {
  const known = new Set(all.scenarios.map(({ name }) => name))
  for (const { name, says, matters, look, path, shownBy } of all.findings) {
    for (const text of [says, matters, ...look]) t.ok(text.length > 10, `${name}: ${text}`)
    t.ok(path.length > 0 && look.length > 0 && shownBy.length > 0, name)
    t.same(
      shownBy.filter((scenario) => !known.has(scenario)),
      [],
      `${name}: scenarios of the catalogue`,
    )
  }
})

await t.test('nothing goes beyond the columns of the terminal', async (t) => {
  const palette = paletteFor({})
  for (const width of [80, 60]) {
    for (const one of [...all.scenarios, ...all.laws, ...all.findings, ...all.answers]) {
      const long = explanationLines(one, palette, width).filter(
        // A path in the kernel's source is one word.
        (line) => line.length > width && line.trim().includes(' '),
      )
      t.same(long, [], one.name)
    }
  }
})

await t.test('docs/LAWS.md says how each law judges, under the wording that verdicts have', async (t) => {
  const page = readFileSync(new URL('../../docs/LAWS.md', import.meta.url), 'utf8')
  const quoted = [...page.matchAll(/^### (?:\d+\. )?(\S+)\n\n> (.*)$/gm)].map(([, name, wording]) => ({
    name: name ?? '',
    wording: wording ?? '',
  }))
  const told = new Map(quoted.map(({ name, wording }) => [name, wording]))
  t.equal(told.size, quoted.length, 'each once')
  for (const { name, wording } of all.laws) t.equal(told.get(name), wording, name)
  t.same([...told.keys()].toSorted(), LAW_NAMES.toSorted(), 'and no other')
})

await t.test('docs/CATALOGUE.md is what the command prints', async (t) => {
  const page = readFileSync(new URL('../../docs/CATALOGUE.md', import.meta.url), 'utf8')
  const printed = await format(await catalogueText(), { parser: 'markdown' })
  t.equal(page, printed, 'run `npm run explain-page` and commit what it wrote')
})

await t.test('irqlab explain: for a person, for a program, and an unknown name', async (t) => {
  const text = await irqlab(place, ['explain', 'held'])
  t.match(text, { status: 0, stderr: '' })
  t.match(text.stdout, /^held a law\n[\s\S]*\nheld a verdict\n/)
  t.notMatch(text.stdout, '\u001B', 'no colour into a pipe')
  const json = await irqlab(place, ['explain', 'deferred-move', '--json'])
  const shape = z.strictObject({
    schema: z.literal('irqlab.explain/1'),
    explanations: z.array(z.looseObject({ kind: z.literal('scenario'), name: z.literal('deferred-move') })),
  })
  t.equal(shape.parse(JSON.parse(json.stdout)).explanations.length, 1)
  const unknown = await irqlab(place, ['explain', 'defered-move'])
  t.match(unknown, { status: 64, stdout: '', stderr: /"defered-move"; did you mean "deferred-move"\?/ })
  t.match(await irqlab(place, ['explain']), { status: 64, stderr: /missing required argument/ })
  t.same(place.left(), [], 'nothing was made')
})
