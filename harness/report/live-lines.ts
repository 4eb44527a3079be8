/** Lines at the bottom of a terminal that change in place: what is there of them now, and how to put others there. */
import { stripVTControlCharacters } from 'node:util'

/** A terminal's stream. Sizes are absent where the terminal does not say. */
export interface TerminalStream {
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  write(text: string): unknown
}

const COLUMNS = 80
const ROWS = 24

/** The lines that are shown. The cursor stays behind the last one. */
export class LiveLines {
  readonly #stream: TerminalStream
  #shown: readonly string[] = []

  constructor(stream: TerminalStream) {
    this.#stream = stream
  }

  /** What fits into a line: a full one would make some terminals go on to the next. */
  get columns(): number {
    return Math.max(1, (this.#stream.columns ?? COLUMNS) - 1)
  }

  /** How many lines fit; the last line that stays is seen above them. */
  get rows(): number {
    return Math.max(1, (this.#stream.rows ?? ROWS) - 1)
  }

  /** Puts these in the place of those that are there; what does not fit is cut. Nothing is written when nothing changes. */
  show(lines: readonly string[]): void {
    const fitting = lines.slice(0, this.rows).map((line) => oneLine(line).slice(0, this.columns))
    if (fitting.join('\n') === this.#shown.join('\n')) return
    if (fitting.length === 0) return this.erase()
    // In one write, and the rest of each old line last: no moment at which a line is empty.
    const text = fitting.map((line) => `${line}\u001B[K`).join('\n')
    this.#stream.write(`${this.#toFirst()}${text}${this.#height() > fitting.length ? '\u001B[J' : ''}`)
    this.#shown = fitting
  }

  /** Takes all of them away; the cursor is where the first was. */
  erase(): void {
    if (this.#shown.length === 0) return
    // Line by line: tmux keeps in its history what is erased from the top of the screen down.
    const blank = Array.from({ length: this.#height() }, () => '\u001B[K').join('\n')
    this.#stream.write(`${this.#toFirst()}${blank}${this.#toFirst()}`)
    this.#shown = []
  }

  #toFirst(): string {
    const up = this.#height() - 1
    return up > 0 ? `\r\u001B[${up}A` : '\r'
  }

  /** Rows of the screen that they take: a terminal that was made narrower has broken them anew. */
  #height(): number {
    const columns = this.#stream.columns ?? COLUMNS
    return this.#shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0)
  }
}

function oneLine(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ')
}
