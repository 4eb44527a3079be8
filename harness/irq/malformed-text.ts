/** Text that we cannot read with certainty: says which text, which line and what is wrong with it. */
import { Trouble } from '../base/errors.ts'

/** Longest piece of the offending line that the message repeats, in characters. */
const quotedMax = 120

/**
 * Kernel text that does not have the form we know, or that was cut. Never guessed at: a wrong value would
 * become a wrong verdict. Being `Trouble`, it ends a run as `broken`.
 */
export class MalformedText extends Trouble {
  /** What kind of text or which file it was, for example `/proc/interrupts`. */
  readonly source: string
  /** Number of the offending line, the first is 1. */
  readonly line: number
  /** The offending line, whole. */
  readonly text: string

  constructor(source: string, line: number, text: string, what: string) {
    const quoted = text.length > quotedMax ? `${text.slice(0, quotedMax)}...` : text
    super('evidence.parse', `${source}, line ${line}: ${what}: ${JSON.stringify(quoted)}`)
    this.name = 'MalformedText'
    this.source = source
    this.line = line
    this.text = text
  }
}

/**
 * The lines of a text that must be whole. A kernel file ends with a newline, so a text that does not was cut,
 * perhaps in the middle of a number. Throws `MalformedText` for such a text and for an empty one.
 */
export function wholeLines(source: string, text: string): readonly string[] {
  const lines = text.split('\n')
  const last = lines.pop() ?? ''
  if (last !== '') throw new MalformedText(source, lines.length + 1, last, 'cut before the end of the line')
  if (lines.length === 0) throw new MalformedText(source, 1, '', 'empty, where text was expected')
  return lines
}
