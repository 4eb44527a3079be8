/** Long sentences on a narrow terminal: broken between words, where a terminal itself would break them anywhere. */

/** The text in lines of at most `width` columns; those after the first begin with `indent`. No width: one line. */
export function wrap(text: string, width: number | undefined, indent = ''): readonly string[] {
  if (width === undefined) return [text]
  const lines: string[] = []
  let line = ''
  // The blanks that a text begins with belong to its first word.
  for (const word of text.match(/^\s*\S+|\S+/g) ?? []) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = indent + word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}
