/** How does any text become one word of a POSIX shell, whatever is in it? */

/** The word: in single quotes nothing but the quote itself means anything (POSIX.1-2024, Shell Command Language, 2.2.2). */
export function quoted(text: string): string {
  // A NUL can be in no argument.
  return `'${text.replaceAll('\0', '').replaceAll("'", String.raw`'\''`)}'`
}
