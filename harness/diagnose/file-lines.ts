/** What do the files of a capture say? Its texts hold many small files: `path:line`, as grep -H prints them. */

import { printable } from './printable.ts'

/** One line of one small file. */
export interface FileLine {
  readonly path: string
  readonly value: string
}

/**
 * The lines of a text. A path has no colon but within a PCI address: `devices/0000:00:03.0/vendor:0x1af4`. What is no such line is passed
 * over: the end of a text that was cut.
 */
export function* fileLines(text: Buffer | undefined): Generator<FileLine> {
  if (text === undefined) return
  for (const line of printable(text.toString('latin1')).split('\n')) {
    const inAddress = /\/[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\//.exec(line)
    const colon = line.indexOf(':', inAddress === null ? 0 : inAddress.index + inAddress[0].length)
    if (colon > 0) yield { path: line.slice(0, colon), value: line.slice(colon + 1) }
  }
}

/** The plain lines of a text, without empty ones. */
export function plainLines(text: Buffer | undefined): readonly string[] {
  return text === undefined
    ? []
    : printable(text.toString('latin1'))
        .split('\n')
        .filter((line) => line !== '')
}
