/** Is docs/DIAGNOSE.md what its command writes, and does everything that it names exist? */
import { existsSync, readFileSync } from 'node:fs'
import { format } from 'prettier'
import t from 'tap'
import { FINDING_NAMES } from '../diagnose/finding.ts'
import { FORKS, ROOT, STEPS } from '../diagnose/tree/tree.ts'
import { anchorOf, treePage } from '../report/tree-page.ts'
import { DIAGNOSE_PICTURE, diagnosePage, diagnosePicture, DOCS, keptTranscripts } from './diagnose-page.ts'
import { allExplanations } from './explanations.ts'
import { irqlab, makePlace } from './irqlab-fixture.ts'

const place = makePlace()
t.teardown(() => place.remove())
const page = readFileSync(new URL('DIAGNOSE.md', DOCS), 'utf8')

await t.test('docs/DIAGNOSE.md and its picture are what the command writes', async (t) => {
  const again = 'run `npm run diagnose-page` and commit what it wrote'
  t.equal(page, await format(await diagnosePage(), { parser: 'markdown' }), again)
  t.equal(readFileSync(new URL(DIAGNOSE_PICTURE, DOCS), 'utf8'), diagnosePicture(), again)
})

await t.test('every finding is told in a step, every step rests on a scenario', async (t) => {
  const told = new Set(STEPS.flatMap(({ findings }) => findings))
  t.same(
    FINDING_NAMES.filter((name) => !told.has(name)),
    [],
  )
  for (const name of FINDING_NAMES) t.match(page, `\`${name}\``)
  for (const { name, scenarios, functions } of STEPS) {
    t.ok(scenarios.length > 0, `${name}: a scenario`)
    t.ok(functions.length > 0, `${name}: a function of the kernel`)
  }
  t.equal(new Set(STEPS.map(({ name }) => anchorOf(name))).size, STEPS.length, 'no two of one name')
})

await t.test('what does not exist is no page: a scenario, a transcript', async (t) => {
  const catalogue = await allExplanations()
  const rest = { forks: FORKS, catalogue, picture: 'x.svg', command: 'x' }
  const transcripts = keptTranscripts()
  t.throws(
    () => treePage({ ...rest, transcripts, root: { ...ROOT, scenarios: ['no-such'] } }),
    /names no-such, and there is none/,
  )
  t.throws(() => treePage({ ...rest, transcripts: new Map(), root: ROOT }), /there is no transcript/)
})

await t.test('every link leads somewhere', async (t) => {
  const links = [...page.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  t.ok(links.length > 100)
  const anchors = new Map<string, ReadonlySet<string>>()
  const anchorsOf = (file: string) => {
    const known = anchors.get(file)
    if (known !== undefined) return known
    const text = readFileSync(new URL(file, DOCS), 'utf8')
    const made = new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)))
    anchors.set(file, made)
    return made
  }
  const broken = links.filter((link) => {
    const [path = '', anchor] = link.split('#')
    const file = path === '' ? 'DIAGNOSE.md' : path
    if (!existsSync(new URL(file, DOCS))) return true
    return anchor !== undefined && !anchorsOf(file).has(anchor)
  })
  t.same(broken, [])
})

await t.test('every irqlab command that it shows is one, with options that there are', async (t) => {
  const all = await allExplanations()
  const names = new Set([...all.scenarios, ...all.laws, ...all.findings].map(({ name }) => name))
  // In code alone: in a sentence `irqlab says` is no command.
  const code = [...page.matchAll(/```[^]*?```|`[^`\n]+`/g)].map(([text]) => text).join('\n')
  const commands = [...code.matchAll(/\birqlab (\w+)((?: +[^\s`|#;]+)*)/g)].map(
    ([, command = '', rest = '']) => ({ command, words: rest.trim().split(/ +/) }),
  )
  t.ok(commands.length > 20)
  const helps = new Map<string, string>()
  for (const { command, words } of commands) {
    const help = helps.get(command) ?? (await irqlab(place, [command, '--help'])).stdout
    helps.set(command, help)
    t.match(help, `Usage: irqlab ${command}`, command)
    for (const word of words.filter((one) => one.startsWith('--')))
      t.match(help, new RegExp(` ${word}\\b`), `irqlab ${command} ${word}`)
    // A name, or a word in capitals that stands for one.
    const [name] = words
    if ((command === 'run' || command === 'explain') && name !== undefined && /^[a-z]/.test(name))
      t.ok(names.has(name), `irqlab ${command} ${name}`)
  }
})
