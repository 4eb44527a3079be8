/** What may a stranger's text do to the terminal that shows it? Nothing. */

/** The text with a question mark for each control character but line breaks and tabs. */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '?')
}
