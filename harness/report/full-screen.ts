/** The whole terminal for as long as something is watched, and then as it was before: by the terminal's second screen. */
import { type Paint } from './colour.ts'

/** A piece of a line in one colour. */
export interface Piece {
  readonly text: string
  readonly paint?: Paint
}

/** A line of pieces. */
export type PaintedLine = readonly Piece[]

interface ScreenStream {
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  write(text: string): unknown
}

/** The second screen, without a cursor; and back. */
const ENTER = '\u001B[?1049h\u001B[?25l'
const LEAVE = '\u001B[?25h\u001B[?1049l'

/** A screen that is ours until `leave`. */
export class FullScreen {
  readonly #stream: ScreenStream
  #isOurs = true

  constructor(stream: ScreenStream) {
    this.#stream = stream
    stream.write(ENTER)
  }

  get columns(): number {
    return this.#stream.columns ?? 80
  }

  get rows(): number {
    return this.#stream.rows ?? 24
  }

  /** Draws over what is there, in one write; what does not fit is cut. */
  draw(lines: readonly PaintedLine[]): void {
    if (!this.#isOurs) return
    const text = lines.slice(0, this.rows).map((line) => `${fitted(line, this.columns - 1)}\u001B[K`)
    this.#stream.write(`\u001B[H${text.join('\r\n')}\u001B[J`)
  }

  /** Gives the terminal back; a second time does nothing. */
  leave(): void {
    if (!this.#isOurs) return
    this.#isOurs = false
    this.#stream.write(LEAVE)
  }
}

/** The pieces that fit, the last one cut. What came from another machine may hold control characters. */
function fitted(line: PaintedLine, columns: number): string {
  let left = columns
  return line
    .map(({ text, paint }) => {
      const piece = text.replaceAll(/\p{Cc}/gu, ' ').slice(0, Math.max(0, left))
      left -= piece.length
      return paint === undefined || piece === '' ? piece : paint(piece)
    })
    .join('')
}
