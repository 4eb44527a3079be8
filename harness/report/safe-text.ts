/** How does text of a guest get into a file that others parse? A console may hold any byte; what cannot be shown is spelled. */
import { stripVTControlCharacters } from 'node:util'

/** Colours and cursor movements go; other control characters are spelled, `\x07`; lines and tabs stay. Valid in XML 1.0. */
export function safeText(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/\r\n/g, '\n')
    .replaceAll(/[^\t\n\P{Cc}]|[\p{Cs}\u2028\u2029\ufffe\uffff]/gu, spelled)
}

/** The same in one line. */
export function safeLine(text: string): string {
  return safeText(text)
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('\t', ' ')
    .trim()
}

/** At most so many characters: the beginning and the end, and between them how much is missing. */
export function bounded(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text
  const note = `\n[... ${text.length - charactersMax} characters left out ...]\n`
  const room = Math.max(0, charactersMax - note.length)
  const end = Math.floor(room / 2)
  const cut = `${text.slice(0, room - end)}${note}${text.slice(text.length - end)}`
  // Half of a character may be left at either cut.
  return cut.replaceAll(/\p{Cs}/gu, '')
}

function spelled(character: string): string {
  const code = character.charCodeAt(0)
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`
}
