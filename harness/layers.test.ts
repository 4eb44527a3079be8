/** Does the house keep its own rules? Imports, owned names, file names, sizes, comments. Each rule is shown to fail, too. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { bannedCode, orphanedComments, undocumented, wrongDefaults } from './layers/code-rules.ts'
import { codeOf } from './layers/code.ts'
import { deadFiles, emptyNames, longFiles, postponed, silentFiles } from './layers/file-rules.ts'
import { sideDoors, testOnly, thickDoors, wrongDirections } from './layers/import-rules.ts'
import { staleOwners, strayNames } from './layers/owned-names.ts'
import { type Source, sourceOf } from './layers/source.ts'

const root = dirname(import.meta.dirname)
const packageJson = readFileSync(join(root, 'package.json'), 'utf8')
const house = ['harness', 'scenarios'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:ts|cjs)$/.test(path))
    .map((path) => sourceOf(`${top}/${path}`, readFileSync(join(root, top, path), 'utf8'))),
)

type Rule = (tree: readonly Source[]) => readonly string[]

const RULES: readonly (readonly [string, Rule])[] = [
  ['imports go down the layers', wrongDirections],
  ['index.ts only re-exports', thickDoors],
  ['scenarios come in by the one door', sideDoors],
  ['test packages and fixtures stay in tests', testOnly],
  ['owned names stay with their owners', strayNames],
  ['owners still own', staleOwners],
  ['names say something', emptyNames],
  ['files are short', longFiles],
  ['files open with what they answer', silentFiles],
  ['nothing was put off', postponed],
  ['every export is documented', undocumented],
  ['every doc comment describes something', orphanedComments],
  ['no any, no enum', bannedCode],
  ['only scenarios have a default', wrongDefaults],
  ['no file is dead', (tree) => deadFiles(tree, packageJson)],
]

await t.test('the house', async (t) => {
  t.ok(house.length > 100, 'the files were found')
  for (const [what, rule] of RULES) t.same(rule(house), [], what)
})

/** A tree of one file or several, each as its path and its text. */
function tree(...files: readonly (readonly [string, string])[]): readonly Source[] {
  return files.map(([path, text]) => sourceOf(path, text))
}

/** A rule asked about one file. */
function asked(rule: Rule): (path: string, text: string) => readonly string[] {
  return (path, text) => rule(tree([path, text]))
}

await t.test('an import up, aside, or through the door is found', async (t) => {
  const wrong = asked(wrongDirections)
  t.match(wrong('harness/irq/a.ts', "\nimport { x } from '../host/b.ts'\n"), [
    /^harness\/irq\/a\.ts:2 imports \.\.\/host\/b\.ts: irq\/ may not know host\/: move/,
  ])
  t.match(wrong('harness/guest/a.ts', "import type { X } from '../scenario/b.ts'"), [/may not know scenario/])
  t.match(wrong('harness/host/a.ts', "import '../ssh/b.ts'"), [/host\/ may not know ssh/])
  t.match(wrong('harness/ssh/a.ts', "export { x } from '../host/b.ts'"), [/ssh\/ may not know host/])
  t.match(wrong('harness/base/a.ts', "const x = await import('../irq/b.ts')"), [/base\/ may not know irq/])
  t.match(wrong('harness/base/a.ts', "type X = import('../irq/b.ts').X"), [/base\/ may not know irq/])
  t.match(wrong('harness/irq/laws/a.ts', "import {\n  x,\n  y\n} from '../../image/b.ts'"), [
    /a\.ts:4 .*image/,
  ])
  t.match(wrong('harness/guest/a.test.ts', "import { x } from '../traffic/b.ts'"), [/may not know traffic/])
  t.match(wrong('harness/report/a.ts', "import { x } from '../main.ts'"), [/may not know main/])
  t.match(wrong('harness/cli/a.ts', "import { x } from '../index.ts'"), [/the door for scenarios/])
  t.match(wrong('harness/cli/a.ts', "import { x } from '../../scenarios/b.ts'"), [/in no layer/])
  t.match(wrong('harness/cli/a.ts', "import { x } from '../stray/b.ts'"), [/in no layer/])
  t.match(wrong('harness/stray/a.ts', "import { x } from '../base/b.ts'"), [/in no layer/])
  t.match(wrong('harness/index.ts', "export { x } from './record/b.ts'"), [/scenario\/ and below/])
  t.same(wrong('harness/index.ts', "export { x } from './scenario/b.ts'"), [])
  t.same(wrong('harness/guest/a.ts', "import { x } from '../ssh/b.ts'\nimport { y } from './c.ts'"), [])
  t.same(wrong('harness/main.ts', "import { x } from './cli/b.ts'"), [])
})

await t.test('a door with code of its own is found', async (t) => {
  t.match(thickDoors(tree(['harness/index.ts', "import { x } from './scenario/b.ts'\n"])), [
    /only re-exports/,
    /no code/,
  ])
  t.match(thickDoors(tree(['harness/index.ts', '/** d */\nexport const x = 1\n'])), [/no code of its own/])
  t.same(thickDoors(tree(['harness/index.ts', "/** d */\nexport {\n  x,\n} from './scenario/b.ts'\n"])), [])
})

await t.test('a scenario that comes in by another door is found', async (t) => {
  const wrong = asked(sideDoors)
  for (const side of ['../harness/irq/cpu-mask.ts', 'node:fs', 'zod', './b.ts']) {
    t.match(
      wrong('scenarios/a.ts', `import { x } from '${side}'`),
      [/scenarios\/a\.ts:1 imports .*index\.ts and nothing else/],
      side,
    )
  }
  t.same(wrong('scenarios/a.ts', "import { x } from '../harness/index.ts'"), [])
  t.same(wrong('harness/campaign/faults/a.ts', "import { x } from '../../index.ts'"), [])
  t.match(wrong('harness/campaign/faults/a.ts', "import { x } from '../job.ts'"), [/nothing else/])
})

await t.test('tests in the product are found', async (t) => {
  const wrong = asked(testOnly)
  t.match(wrong('harness/irq/a.ts', "import x from 'tap'"), [/only \*\.test\.ts imports it/])
  t.match(wrong('harness/irq/a.ts', "import x from 'fast-check'"), [/only \*\.test\.ts/])
  t.match(wrong('harness/irq/a.ts', "import x from './b-fixture.ts'"), [/a fixture is for tests/])
  t.same(wrong('harness/irq/a.test.ts', "import x from 'tap'"), [])
  t.same(wrong('harness/irq/a.ts', "import x from 'tapestry'"), [])
})

await t.test('an owned name elsewhere is found, in code only', async (t) => {
  const wrong = asked(strayNames)
  const elsewhere = 'harness/guest/a.ts'
  for (const name of ['ssh2', 'zx', 'zx/core', 'tmp-promise', 'node:child_process', 'child_process']) {
    t.match(wrong(elsewhere, `import x from '${name}'`), [/guest\/a\.ts:1 has .*: (?:use|write) /], name)
    t.match(wrong(elsewhere, `const x = require("${name}")`), [/guest\/a\.ts:1 has/], `${name} required`)
  }
  const globals = [
    'process.exit(1)',
    'process.exitCode = 1',
    'process.argv[2]',
    'setTimeout(f, 1)',
    'console.log(1)',
  ]
  for (const code of globals) {
    t.match(wrong(elsewhere, `\n${code}\n`), [/guest\/a\.ts:2 has .*: /], code)
    t.match(wrong(elsewhere, `const x = \`a \${${code}} b\``), [/a\.ts:1 has/], `${code} in an interpolation`)
    t.same(
      wrong(elsewhere, `const x = '${code}' // ${code}\n/* ${code} */ const y = \`${code}\``),
      [],
      `quoted ${code}`,
    )
  }
  t.same(wrong('harness/host/run.cjs', "require('node:child_process'); process.argv; process.exit(1)"), [])
  t.match(wrong('harness/host/run.cjs', 'console.log(1)'), [/has console/])
  t.same(wrong('harness/main.ts', 'process.exitCode = 1'), [])
  t.same(wrong('harness/base/poll.ts', 'setTimeout(f, 1)'), [])
  t.same(wrong('harness/report/tap.ts', 'console.log(1)'), [])
  t.same(wrong(elsewhere, 'guest.console.log; console.tail; process.execPath; resetTimeout()'), [])
})

await t.test('an owner that owns nothing is found', async (t) => {
  t.match(
    staleOwners(tree(['harness/host/shell.ts', "import { $ } from 'zy'"])).join('\n'),
    /shell\.ts no longer has zx/,
  )
})

await t.test('names, sizes, openings and postponed work are found', async (t) => {
  t.match(
    emptyNames(
      tree(['harness/irq/utils.ts', ''], ['harness/common/x.ts', ''], ['harness/irq/types.test.ts', '']),
    ),
    [/irq\/utils\.ts: "utils\.ts" says nothing/, /common/, /types/],
  )
  t.same(emptyNames(tree(['harness/irq/commons.ts', ''])), [])
  t.match(longFiles(tree(['harness/a.test.ts', 'x\n'.repeat(301)])), [
    /a\.test\.ts: 301 lines, more than 300: split/,
  ])
  t.match(longFiles(tree(['harness/a.ts', 'x\n'.repeat(90)])), [/the median file has 90 lines/])
  t.same(longFiles(tree(['harness/a.test.ts', 'x\n'.repeat(300)], ['harness/b.ts', 'x\n'.repeat(89)])), [])
  t.match(silentFiles(tree(['harness/a.ts', "import 'x'\n/** late */"])), [/a\.ts: open it with a comment/])
  t.same(
    silentFiles(tree(['harness/a.cjs', '#!/usr/bin/env node\n/** early */'], ['harness/b.test.ts', '1'])),
    [],
  )
  const later = ['TO', 'DO'].join('')
  t.match(postponed(tree(['harness/a.ts', `const x = 1 // ${later}: more\n`])), [/a\.ts has TODO: do it/])
  t.same(postponed(tree(['harness/a.ts', `const x = '${later}'`])), [])
})

await t.test('exports without a comment, any, enum and defaults are found', async (t) => {
  const bare = (code: string) => undocumented(tree(['harness/a.ts', `/** opens */\n\n${code}`]))
  for (const kind of [
    'async function x',
    'function x',
    'class x',
    'abstract class x',
    'interface x',
    'type x',
    'const x',
  ]) {
    t.match(bare(`export ${kind} {}\n`), [/a\.ts:3 exports x without a doc comment directly above/], kind)
    t.match(bare(`/** far */\n\nexport ${kind} {}\n`), [/a\.ts:5 exports x/], `${kind}, comment too far`)
    t.match(bare(`// no doc\nexport ${kind} {}\n`), [/a\.ts:4 exports x/], `${kind}, not a doc comment`)
    t.same(bare(`/**\n * Near * and ** good.\n */\nexport ${kind} {}\n`), [], `${kind}, documented`)
  }
  t.same(bare("export { a } from './b.ts'\nexport type { B } from './b.ts'\n"), [])

  const orphan = (code: string) => orphanedComments(tree(['harness/a.ts', code]))
  t.match(orphan('/** Lost. */\n/** Good. */\nexport const a = 1\n'), [
    /a\.ts:1 has a doc comment that describes/,
  ])
  t.match(orphan('/**\n * Lost.\n */\n/** Good. */\nexport const a = 1\n'), [/a\.ts:3/])
  t.match(orphan('class A {\n  /** Lost. */\n  /** Good. */\n  a = 1\n}\n'), [/a\.ts:2/])
  t.same(orphan('/** Opens. */\n\n/** Good. */\nexport const a = 1\n'), [], 'a blank line ends the opening')

  const banned = (code: string) => bannedCode(tree(['harness/a.ts', code]))
  for (const code of [
    'let x: any',
    'f<any>()',
    'x as any',
    'let x: any[]',
    'let x: Record<string, any>',
    'a | any',
  ]) {
    t.match(banned(code), [/a\.ts:1 has `any`: say what/], code)
  }
  t.match(banned('\nconst enum E { a }'), [/a\.ts:2 has an enum/])
  t.same(banned("Promise.any([]); z.enum(['a']); const a = { any: 1, enum: 2 }; f('any') // any enum"), [])

  t.match(wrongDefaults(tree(['harness/a.ts', 'export default 1'])), [/only scenarios/])
  t.match(wrongDefaults(tree(['harness/a.ts', 'export { a as default }'])), [/only scenarios/])
  t.match(wrongDefaults(tree(['scenarios/a.ts', 'export const a = 1'])), [/no default export/])
})

await t.test('dead files are found, those started by name are not', async (t) => {
  const files = tree(
    ['harness/main.ts', "await import('./cli/run.ts')"],
    ['harness/cli/run.ts', "const child = new URL('../campaign/worker.cjs', import.meta.url)"],
    ['harness/campaign/worker.cjs', "import('./worker.ts')"],
    ['harness/campaign/worker.ts', ''],
    ['harness/host/script.ts', ''],
    ['harness/irq/a.ts', '// ./main.ts'],
    ['harness/irq/a.test.ts', "import './a.ts'; import './b-fixture.ts'"],
    ['harness/irq/b-fixture.ts', ''],
    ['harness/irq/c-fixture.ts', ''],
  )
  t.match(deadFiles(files, '{"scripts": {"x": "node harness/host/script.ts --flag"}}'), [
    /harness\/irq\/a\.ts: nothing reaches it/,
    /harness\/irq\/c-fixture\.ts: nothing reaches it/,
  ])
})

await t.test('code is told from comments, strings, templates and patterns', async (t) => {
  const codes: readonly (readonly [string, string])[] = [
    ["a('x') // b", "a(' ')     "],
    ['a("\\"x") /* b\n */ c', 'a("   ")     \n    c'],
    ['`x${a(`y${b}`)}z` + c', '`  {a(`  {b}`)} ` + c'],
    ['`${{ a: { b } }}` + c', '` {{ a: { b } }}` + c'],
    ['`\\`${a}\\${x}`', '`   {a}     `'],
    ['/[\'"/]/g.test(a) / b', '/      g.test(a) / b'],
    ["return /'/", 'return / /'],
    ["(a + b) / c // '", '(a + b) / c     '],
    ["'//' + a", "'  ' + a"],
  ]
  for (const [text, code] of codes) t.equal(codeOf(text).code, code, text)
  t.same(codeOf('f(\'a\', `b`, "c") // d').strings, ['a', 'c'])
})
