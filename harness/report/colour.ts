/** Colour for a terminal, and none for anything else. */
import { stripVTControlCharacters, styleText } from 'node:util'
import type { Outcome } from '../record/run-record.ts'

/** Puts a colour on a text, or leaves it as it is. */
export type Paint = (text: string) => string

/** The colours of one stream, by what they mean. */
export interface Palette {
  readonly outcome: Readonly<Record<Outcome, Paint>>
  readonly bold: Paint
  readonly dim: Paint
  readonly good: Paint
  readonly bad: Paint
  readonly doubt: Paint
}

/** Colours for `stream`: only on a terminal that did not ask for none (NO_COLOR). */
export function paletteFor(
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv = process.env,
): Palette {
  const coloured = stream.isTTY === true && env['NO_COLOR'] === undefined && env['TERM'] !== 'dumb'
  const paint =
    (...styles: Parameters<typeof styleText>[0][]): Paint =>
    (text) =>
      coloured
        ? styles.reduce<string>((inner, style) => styleText(style, inner, { validateStream: false }), text)
        : text
  return {
    outcome: {
      pass: paint('green'),
      known: paint('yellow'),
      skip: paint('gray'),
      broken: paint('magenta'),
      fixed: paint('red'),
      fail: paint('red'),
    },
    bold: paint('bold'),
    dim: paint('gray'),
    good: paint('green'),
    bad: paint('red'),
    doubt: paint('magenta'),
  }
}

/** Pads to `width` columns, colour not counted. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stripVTControlCharacters(text).length))
}
