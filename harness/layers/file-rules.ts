/** Is each file one noun or one fact, of a size to read at once, and does it say what it answers? */
import { posix } from 'node:path'
import { isFixture, isScenario, isTest } from './import-rules.ts'
import type { Source } from './source.ts'

const BANNED = /^(?:utils?|helpers?|types?|common|misc)$/
const LINES_MAX = 300
const MEDIAN_BELOW = 90

/** Files and folders whose name says nothing. */
export function emptyNames(tree: readonly Source[]): readonly string[] {
  return tree.flatMap(({ path }) => {
    const banned = path.split('/').find((part) => BANNED.test(part.split('.')[0] ?? ''))
    return banned === undefined
      ? []
      : [
          `${path}: "${banned}" says nothing: name the noun or the fact, and move each part to the file it belongs to`,
        ]
  })
}

/** Files that are too long, and a median of all but the tests that is. */
export function longFiles(tree: readonly Source[]): readonly string[] {
  const long = tree
    .filter((source) => linesOf(source) > LINES_MAX)
    .map((source) => `${source.path}: ${linesOf(source)} lines, more than ${LINES_MAX}: split it by noun`)
  const sizes = tree
    .filter(({ path }) => !isTest(path))
    .map(linesOf)
    .toSorted((a, b) => a - b)
  const median = sizes[Math.floor(sizes.length / 2)] ?? 0
  return median < MEDIAN_BELOW
    ? long
    : [
        ...long,
        `harness/ and scenarios/: the median file has ${median} lines, not below ${MEDIAN_BELOW}: split the long ones`,
      ]
}

/** Files, other than tests, that do not open with a comment. */
export function silentFiles(tree: readonly Source[]): readonly string[] {
  return tree
    .filter(({ path, text }) => !isTest(path) && !/^(?:#![^\n]*\n)?\/[/*]/.test(text))
    .map(({ path }) => `${path}: open it with a comment of 1 to 3 lines that says what question it answers`)
}

/** Work that was put off. */
export function postponed(tree: readonly Source[]): readonly string[] {
  return tree.flatMap(({ path, code, comments }) =>
    [code, ...comments].flatMap((text) => {
      const word = /\b(?:TODO|FIXME)\b/.exec(text)?.[0]
      return word === undefined
        ? []
        : [`${path} has ${word}: do it, or write it down where open work is kept`]
    }),
  )
}

/** Files that nothing reaches from the doors: the CLI, the scenarios' index, the scripts of package.json. */
export function deadFiles(tree: readonly Source[], packageJson: string): readonly string[] {
  const files = new Map(tree.map((source) => [source.path, source]))
  const reached = new Set<string>()
  const visit = (path: string): void => {
    const source = files.get(path)
    if (source === undefined || reached.has(path)) return
    reached.add(path)
    // Every string that names a file counts: a worker and a launcher are started by path, not imported.
    for (const string of [...source.strings, ...source.imports.map(({ specifier }) => specifier)]) {
      visit(posix.join(posix.dirname(path), string))
      visit(posix.normalize(string))
    }
  }
  for (const root of [
    'harness/main.ts',
    'harness/index.ts',
    ...(packageJson.match(/[\w./-]+\.(?:ts|cjs)\b/g) ?? []),
  ]) {
    visit(posix.normalize(root))
  }
  const inProduct = new Set(reached)
  for (const { path } of tree) if (isTest(path)) visit(path)
  return tree
    .map(({ path }) => path)
    .filter((path) => !isTest(path) && !isScenario(path))
    .filter((path) => !(isForTests(path) ? reached : inProduct).has(path))
    .map((path) => `${path}: nothing reaches it from main.ts, index.ts or a script: use it or delete it`)
}

/** Files that only tests have to reach. */
function isForTests(path: string): boolean {
  return isFixture(path) || path.startsWith('harness/layers/')
}

function linesOf({ text }: Source): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
}
