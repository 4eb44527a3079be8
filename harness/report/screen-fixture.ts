/** A terminal for tests: shows what was written as a person would see it, scrolled lines included. */
import { stripVTControlCharacters } from 'node:util'

const ESCAPE = '\u001B'
const PIECE = new RegExp(`${ESCAPE}\\[\\d*[A-Z]|[^${ESCAPE}]`, 'gu')

/** It knows what irqlab writes, and throws at anything else. */
export class Screen {
  readonly isTTY = true
  columns: number | undefined
  rows: number | undefined
  readonly written: string[] = []
  #cells: string[] = ['']
  #row = 0
  #column = 0

  constructor(columns = 80, rows = 24) {
    this.columns = columns
    this.rows = rows
  }

  /** All lines so far, those above the screen too, down to the cursor or to the last that is not empty. */
  get lines(): readonly string[] {
    const lines = this.#cells.map((line) => line.trimEnd())
    return lines.slice(
      0,
      Math.max(
        this.#row,
        lines.findLastIndex((line) => line !== ''),
      ) + 1,
    )
  }

  write(text: string): void {
    this.written.push(text)
    const pieces = text.match(PIECE) ?? []
    if (pieces.join('') !== text) throw new RangeError(`unknown to this terminal: ${JSON.stringify(text)}`)
    for (const piece of pieces) this.#take(piece)
  }

  #take(piece: string): void {
    const line = this.#cells[this.#row] ?? ''
    const [, count, command] = /^.\[(\d*)([A-Z])$/s.exec(piece) ?? []
    // The top of the screen is as far as the cursor can go up.
    const top = Math.max(0, this.#cells.length - (this.rows ?? 24))
    if (command === 'A') this.#row = Math.max(top, this.#row - Number(count))
    else if (command === 'K' || command === 'J') {
      this.#cells[this.#row] = line.slice(0, this.#column)
      if (command === 'J') this.#cells.length = this.#row + 1
    } else if (command !== undefined) throw new RangeError(`unknown to this terminal: ${command}`)
    else if (piece === '\r') this.#column = 0
    else if (piece === '\n') this.#down()
    else {
      if (stripVTControlCharacters(piece) !== piece || /\p{Cc}/u.test(piece)) throw new RangeError('control')
      if (this.#column >= (this.columns ?? 80)) this.#down()
      const now = this.#cells[this.#row] ?? ''
      this.#cells[this.#row] =
        now.slice(0, this.#column).padEnd(this.#column) + piece + now.slice(this.#column + 1)
      this.#column++
    }
  }

  #down(): void {
    this.#row++
    this.#column = 0
    if (this.#row === this.#cells.length) this.#cells.push('')
  }
}
