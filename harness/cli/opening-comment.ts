/** What does a scenario's file say of it? Its opening comment is the one place where that is told. */

/** The comment that a file opens with, as one paragraph; undefined where it opens with something else. */
export function openingComment(text: string): string | undefined {
  const comment = /^\/\*\*?([\s\S]*?)\*\//.exec(text)?.[1] ?? leadingLines(text)
  const words = comment
    ?.split('\n')
    .map((line) => line.replace(/^\s*\*\s?/, '').trim())
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return words === '' ? undefined : words
}

/** A comment of `//` lines. */
function leadingLines(text: string): string | undefined {
  return /^(?:\/\/[^\n]*\n?)+/.exec(text)?.[0].replaceAll(/^\/\/ ?/gm, '')
}
