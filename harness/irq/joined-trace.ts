/** Sections of one guest's trace, read one after the other, as one text of the tracefs `trace` file. Pure. */
import { MalformedText } from './malformed-text.ts'

const COUNTS = /^(# entries-in-buffer\/entries-written: )(\d+)\/(\d+)(.*)$/m

/**
 * The text that the kernel would have printed of them all: the first header with the sums, and the entries of each
 * section in their order. Throws `MalformedText` for a section without a header. A single section stays as it is.
 */
export function joinTraces(sections: readonly string[]): string {
  const [first, ...others] = sections
  if (first === undefined || others.length === 0) return first ?? ''
  const counts = sections.map(countsOf)
  const sum = (pick: (one: (typeof counts)[number]) => number) =>
    counts.reduce((total, one) => total + pick(one), 0)
  const head = first.replace(
    COUNTS,
    (_, words: string, _held, _written, rest: string) =>
      `${words}${sum(({ held }) => held)}/${sum(({ written }) => written)}${rest}`,
  )
  const entries = others.map((text) => text.replaceAll(/^#(?:| .*)\n/gm, ''))
  return [head, ...entries].join('')
}

function countsOf(text: string): { readonly held: number; readonly written: number } {
  const [, , held, written] = COUNTS.exec(text) ?? []
  if (held === undefined || written === undefined)
    throw new MalformedText(
      'trace',
      1,
      text.split('\n')[0] ?? '',
      'no header that says how many entries there are',
    )
  return { held: Number(held), written: Number(written) }
}
