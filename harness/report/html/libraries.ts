/**
 * The drawing library, as published: the parts of d3 7 that the pages use, each with what it needs. Together a third of
 * d3's one bundle (97 KB against 281 KB), a fifth of Observable Plot with the d3 that it needs (490 KB). Plot draws a
 * mark a row and no lanes with bands, brackets and labels that make room for each other; uPlot draws on a canvas, where
 * neither a keyboard nor a screen reader finds an interrupt.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A part that a page may ask for by name. */
export type LibraryName = 'd3-axis' | 'd3-scale' | 'd3-selection'

/** What the bundle of each part expects to find before it. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'd3-scale': ['d3-array', 'd3-interpolate', 'd3-format', 'd3-time', 'd3-time-format'],
  'd3-interpolate': ['d3-color'],
  'd3-time': ['d3-array'],
  'd3-time-format': ['d3-time'],
}

/** The scripts in the order in which they must run, with the licences of all on top. Throws when one is not installed. */
export function libraryScripts(names: readonly LibraryName[]): readonly string[] {
  const scripts = new Map<string, string>()
  const licences = new Map<string, string[]>()
  const visit = (name: string, from: string): void => {
    if (scripts.has(name)) return
    // Each package names its module alone: its bundle lies in the folder beside it.
    const module = createRequire(from).resolve(name)
    for (const need of NEEDS[name] ?? []) visit(need, module)
    const root = dirname(dirname(module))
    scripts.set(name, readFileSync(join(root, 'dist', `${name}.min.js`), 'utf8').trim())
    const [copyright = '', ...terms] = readFileSync(join(root, 'LICENSE'), 'utf8').trim().split('\n')
    const text = terms.join('\n').trim()
    licences.set(text, [...(licences.get(text) ?? []), `${name}: ${copyright}`])
  }
  for (const name of names) visit(name, import.meta.filename)
  const notices = [...licences].map(([terms, owners]) => `/*\n${owners.join('\n')}\n\n${terms}\n*/`)
  return scripts.size === 0 ? [] : [[...notices, ...scripts.values()].join('\n')]
}
