/** What may stand in the code itself: documented exports, no `any`, no `enum`, no default export but a scenario's. */
import { isScenario } from './import-rules.ts'
import { lineAt, type Source } from './source.ts'

const EXPORT =
  /^export (?:default )?(?:abstract |async |declare )*(?:function\*?|class|interface|type|const|let) +(?<name>[\w$]+)/gm

/** Exports without a doc comment in the lines directly above. */
export function undocumented(tree: readonly Source[]): readonly string[] {
  return tree.flatMap(({ path, text, code }) =>
    [...code.matchAll(EXPORT)]
      .filter(({ index }) => !/\/\*\*(?:[^*]|\*(?!\/))*\*\/\n$/.test(text.slice(0, index)))
      .map(
        ({ index, groups }) =>
          `${path}:${lineAt(code, index)} exports ${groups?.['name']} without a doc comment directly above: say what it is, its units, what it throws`,
      ),
  )
}

/** Doc comments that lost what they describe: another one follows at once. */
export function orphanedComments(tree: readonly Source[]): readonly string[] {
  return tree.flatMap(({ path, text }) =>
    [...text.matchAll(/^[^\S\n]*(?:\/\*\*.*)?\*\/\n(?=[^\S\n]*\/\*\*)/gm)].map(
      ({ index, 0: found }) =>
        `${path}:${lineAt(text, index + found.length - 1)} has a doc comment that describes nothing: move it to what it describes`,
    ),
  )
}

interface BannedCode {
  readonly found: RegExp
  readonly what: string
  readonly remedy: string
}

const BANNED: readonly BannedCode[] = [
  {
    // Not `Promise.any`, not a property of that name.
    found: /(?<![.\w$])any(?![\w$]|\??\s*[:(=])/g,
    what: '`any`',
    remedy: 'say what it is, or `unknown` and check it',
  },
  {
    found: /(?<![.\w$])enum(?=\s+[\w$]+\s*\{)/g,
    what: 'an enum',
    remedy: "use a union of strings: 'a' | 'b' (Node strips types and cannot run enums)",
  },
]

/** `any` and `enum`. */
export function bannedCode(tree: readonly Source[]): readonly string[] {
  return tree.flatMap(({ path, code }) =>
    BANNED.flatMap(({ found, what, remedy }) =>
      [...code.matchAll(found)].map(({ index }) => `${path}:${lineAt(code, index)} has ${what}: ${remedy}`),
    ),
  )
}

/** Default exports outside of scenarios, and scenarios without one. */
export function wrongDefaults(tree: readonly Source[]): readonly string[] {
  return tree.flatMap(({ path, code }) => {
    const hasDefault = /^export default\b|\bas default\b/m.test(code)
    if (hasDefault === isScenario(path)) return []
    return isScenario(path)
      ? [`${path} has no default export: write \`export default scenario({ ... })\``]
      : [`${path} has a default export: give it a name, only scenarios have defaults`]
  })
}
