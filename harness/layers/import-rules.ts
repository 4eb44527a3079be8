/** Which file may import which? The layers of CONTRIBUTING.md, the one door for scenarios, and what is for tests alone. */
import { posix } from 'node:path'
import type { Import, Source } from './source.ts'

/** Lowest first; layers in one row are siblings that do not know each other. */
const LAYERS: readonly (readonly string[])[] = [
  ['base'],
  ['irq'],
  // What is found on a machine is judged without knowing how its data came here.
  ['host', 'ssh', 'diagnose'],
  ['image', 'capture'],
  ['guest'],
  // A machine that is not ours: what is done there, and how it is undone.
  ['remote'],
  ['traffic'],
  ['scenario'],
  ['record'],
  // A campaign makes runs; a bundle sends one away. Neither knows the other.
  ['campaign', 'bundle'],
  // What is made of records and of captures, without a guest.
  ['history', 'reproduce'],
  ['report'],
  ['cli'],
  // Five programs: irqlab itself, what measures it, what puts it to the test, by broken kernels and by many rounds, and
  // what types in guests for docs/DIAGNOSE.md.
  ['main', 'bench', 'mutants', 'soak', 'transcripts'],
]

const DOOR = 'harness/index.ts'
/** What the door may show: scenarios know nothing of records, campaigns and reports. */
const DOOR_SHOWS_UP_TO = 'scenario'
const TEST_PACKAGES = new Set(['tap', 'fast-check', 'playwright-core', 'axe-core'])

/** Imports that go up or aside, or to no layer at all. */
export function wrongDirections(tree: readonly Source[]): readonly string[] {
  return eachImport(tree, (source, found) => {
    if (isScenario(source.path) || !found.specifier.startsWith('.')) return undefined
    const target = targetOf(source, found)
    if (target === DOOR) return 'index.ts is the door for scenarios: import the file that has it'
    const [from, to] = [layerOf(source.path), layerOf(target)]
    if (from === to) return undefined
    if (from === undefined || to === undefined || from === 'layers' || to === 'layers') {
      return `${target} is in no layer that this file may know: see LAYERS in harness/layers/import-rules.ts`
    }
    const [fromHeight, toHeight] = [heightOf(from), heightOf(to)]
    if (source.path === DOOR) {
      return toHeight <= heightOf(DOOR_SHOWS_UP_TO)
        ? undefined
        : `the door shows ${DOOR_SHOWS_UP_TO}/ and below only`
    }
    if (toHeight < fromHeight) return undefined
    return `${from}/ may not know ${to}/: move what it needs down, or let the caller pass it in`
  })
}

/** Anything in the door that is not a re-export. */
export function thickDoors(tree: readonly Source[]): readonly string[] {
  const door = tree.filter((source) => source.path === DOOR)
  const imports = eachImport(door, (_, found) =>
    found.reexport ? undefined : 'the door only re-exports: write `export { ... } from`',
  )
  const code = door.filter(({ code }) => /^(?!export\b[^\n]*\bfrom\b)[^\S\n]*\S/m.test(withoutBlocks(code)))
  return [
    ...imports,
    ...code.map(({ path }) => `${path}: the door holds no code of its own: move it to its folder`),
  ]
}

/** Imports of scenarios beside the one door. */
export function sideDoors(tree: readonly Source[]): readonly string[] {
  return eachImport(
    tree.filter(({ path }) => isScenario(path)),
    (source, found) =>
      targetOf(source, found) === DOOR || (isFault(source.path) && found.specifier.startsWith('node:'))
        ? undefined
        : 'a scenario imports harness/index.ts and nothing else: use its context, or have the door show what is missing',
  )
}

/** Test packages outside of tests, and fixtures (`*-fixture.ts`) in the product. */
export function testOnly(tree: readonly Source[]): readonly string[] {
  return eachImport(tree, (source, { specifier }) => {
    if (isTest(source.path)) return undefined
    if (TEST_PACKAGES.has(packageOf(specifier))) return 'only *.test.ts imports it: move the code to a test'
    return isFixture(specifier) && !isFixture(source.path)
      ? 'a fixture is for tests: only *.test.ts imports it'
      : undefined
  })
}

/** `x.test.ts`. */
export function isTest(path: string): boolean {
  return path.endsWith('.test.ts')
}

/** A question to the kernel, or one of our own that goes wrong on purpose. */
export function isScenario(path: string): boolean {
  return path.startsWith('scenarios/') || isFault(path)
}

/** Our own tests' scenarios: they may use Node to meddle. And those that ask as others do. */
function isFault(path: string): boolean {
  return path.startsWith('harness/campaign/faults/') || path.startsWith('harness/mutants/peers/')
}

/** `x-fixture.ts`: what several tests share. */
export function isFixture(path: string): boolean {
  return path.endsWith('-fixture.ts')
}

/** The package that a specifier names: `zx/core` is zx's, `@types/node` keeps its scope. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** The file that a relative import means, from the root of the repository. */
function targetOf(source: Source, { specifier }: Import): string {
  return posix.join(posix.dirname(source.path), specifier)
}

function layerOf(path: string): string | undefined {
  const [top, first = '', second] = path.split('/')
  if (top !== 'harness') return undefined
  // Files beside main.ts are of its layer: index.ts is judged by what it shows, launchers start main.ts.
  if (second === undefined) return first === 'layers.test.ts' ? 'layers' : 'main'
  return first === 'layers' || heightOf(first) >= 0 ? first : undefined
}

function heightOf(layer: string): number {
  return LAYERS.findIndex((row) => row.includes(layer))
}

function withoutBlocks(code: string): string {
  return code.replace(/\{[^}]*\}/g, '{}')
}

function eachImport(
  tree: readonly Source[],
  remedyFor: (source: Source, found: Import) => string | undefined,
): readonly string[] {
  return tree.flatMap((source) =>
    source.imports.flatMap((found) => {
      const remedy = remedyFor(source, found)
      return remedy === undefined
        ? []
        : [`${source.path}:${found.line} imports ${found.specifier}: ${remedy}`]
    }),
  )
}
