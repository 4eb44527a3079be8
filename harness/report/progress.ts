/** Progress of whatever takes longer than a second: one live line on a terminal, plain lines elsewhere. */
import { stripVTControlCharacters } from 'node:util'

const TICK_EVERY_MS = 100
const PLAIN_EVERY_MS = 1000

/** Where progress goes: a terminal's stream, or anything that takes text. */
export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

export class Progress {
  readonly #stream: ProgressStream
  #title = ''
  #startedAt = 0
  #shownAt = -Infinity
  #last = ''

  constructor(stream: ProgressStream) {
    this.#stream = stream
  }

  /** Begins something with a name; its time is counted from here. */
  start(title: string): void {
    this.#title = title
    this.#startedAt = performance.now()
    this.#shownAt = this.#stream.isTTY === true ? -Infinity : performance.now()
  }

  /** Milliseconds since `start`. */
  get elapsedMs(): number {
    return performance.now() - this.#startedAt
  }

  /** What is being done now. Shown at once on a terminal, at most once a second elsewhere. */
  step(words: string): void {
    const now = performance.now()
    if (now - this.#shownAt < (this.#stream.isTTY === true ? TICK_EVERY_MS : PLAIN_EVERY_MS)) return
    this.#shownAt = now
    const line = `${this.#title}: ${words} (${(this.elapsedMs / 1000).toFixed(1)} s)`
    if (this.#stream.isTTY === true) this.#live(line)
    else this.#stream.write(`${line}\n`)
  }

  /** A line that stays. */
  line(text: string): void {
    this.#erase()
    this.#stream.write(`${text}\n`)
  }

  /** Takes the live line away. */
  end(): void {
    this.#erase()
  }

  #live(line: string): void {
    const width = (this.#stream.columns ?? 80) - 1
    this.#erase()
    this.#last = stripVTControlCharacters(line).slice(0, width)
    this.#stream.write(this.#last)
  }

  #erase(): void {
    if (this.#last !== '') this.#stream.write('\r\u001B[K')
    this.#last = ''
  }
}
