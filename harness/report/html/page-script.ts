/** The script of a page, from TypeScript files to one text: types stripped, the files that it imports put before it. */
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'

/** `import { a, b } from './c.ts'`, as it is after the types were stripped. */
const IMPORT = /^import\b[^'"]*['"](\.\.?\/[^'"]+)['"];?[^\S\n]*$/gm
const EXPORT = /^export (?=(?:async )?function|const|class)/gm

/**
 * The text of a module with no import: each file stands once, before those that need it, and all share one scope, so no
 * name may be used at the top of two files (the browser would refuse the script; its test reads it as a module).
 * `entry` is a file below this folder.
 */
export function pageScript(entry: string): string {
  const parts = new Map<string, string>()
  const visit = (file: URL): void => {
    if (parts.has(file.href)) return
    parts.set(file.href, '')
    const text = stripped(readFileSync(file, 'utf8'))
    for (const [, specifier = ''] of text.matchAll(IMPORT)) visit(new URL(specifier, file))
    // Set anew: what it needs comes before it.
    parts.delete(file.href)
    parts.set(file.href, text.replaceAll(IMPORT, '').replaceAll(EXPORT, ''))
  }
  visit(new URL(entry, import.meta.url))
  return [...parts.values()].map(dense).join('\n')
}

function stripped(text: string): string {
  // Experimental in Node 22 and 24: its warning is no matter of whoever asked for a report.
  const emitWarning = process.emitWarning.bind(process)
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(text)
  } finally {
    process.emitWarning = emitWarning
  }
}

/** Without lines that hold nothing, and without lines of comments alone. */
function dense(text: string): string {
  return text
    .replaceAll(/^[^\S\n]*\/\*\*[\s\S]*?\*\/[^\S\n]*$/gm, '')
    .replaceAll(/^[^\S\n]*\/\/.*$/gm, '')
    .replaceAll(/[^\S\n]+$/gm, '')
    .replaceAll(/\n{2,}/g, '\n')
    .trim()
}
