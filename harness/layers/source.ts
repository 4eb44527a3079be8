/** One source file as the house rules see it: its code without strings and comments, and what it imports. */
import { codeOf } from './code.ts'

/** One import, re-export, `import()` or `require()`. */
export interface Import {
  /** As written between the quotes. */
  readonly specifier: string
  /** Counted from 1. */
  readonly line: number
  /** True for `export ... from`. */
  readonly reexport: boolean
}

/** A file of harness/ or scenarios/. */
export interface Source {
  /** From the root of the repository, with slashes. */
  readonly path: string
  readonly text: string
  /** The text with every comment, and the inside of every string, template and pattern, turned into blanks. */
  readonly code: string
  readonly comments: readonly string[]
  /** What stands between the quotes of each plain string. */
  readonly strings: readonly string[]
  readonly imports: readonly Import[]
}

const STATIC_IMPORT =
  /^(import|export)\s+(?:type\s+)?(?:\*(?:\s+as\s+[\w$]+)?|[\w$]+|(?:[\w$]+\s*,\s*)?\{[^}]*\})\s*from\s*(?=['"])/gm
const BARE_IMPORT = /^(import)\s*(?=['"])/gm
const CALLED_IMPORT = /\b(import|require|import\.meta\.resolve)\s*\(\s*(?=['"])/g

/** Reads one file's text. */
export function sourceOf(path: string, text: string): Source {
  const { code, comments, strings } = codeOf(text)
  return { path, text, code, comments, strings, imports: importsOf(text, code) }
}

/** The line on which an offset lies, counted from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

function importsOf(text: string, code: string): Import[] {
  return [STATIC_IMPORT, BARE_IMPORT, CALLED_IMPORT].flatMap((pattern) =>
    [...code.matchAll(pattern)].map((found) => {
      const quote = found.index + found[0].length
      const end = text.indexOf(text.charAt(quote), quote + 1)
      return {
        specifier: text.slice(quote + 1, end),
        line: lineAt(text, quote),
        reexport: found[1] === 'export',
      }
    }),
  )
}
