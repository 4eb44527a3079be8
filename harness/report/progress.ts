/** Progress of whatever takes longer than a second: one live line on a terminal, plain lines elsewhere. */
import { stripVTControlCharacters } from 'node:util'
import { pause } from '../base/poll.ts'
import { wrap } from './wrap.ts'

/** How often a live line may change, after how long a plain line is due, and when it is said once more. */
export interface Pace {
  readonly liveMs: number
  readonly plainMs: number
  readonly againMs: number
}

const PACE: Pace = { liveMs: 100, plainMs: 1000, againMs: 30_000 }

/** Where progress goes: a terminal's stream, or anything that takes text. */
export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number | undefined
  write(text: string): unknown
}

/** What is being done now, from `start` to `end`, again and again. */
export class Progress {
  readonly #stream: ProgressStream
  readonly #pace: Pace
  readonly #isLive: boolean
  #title = ''
  #words = ''
  #startedAt = 0
  #shownAt = 0
  /** The live line on the terminal, or the last plain line without its time. */
  #shown = ''
  #ticking: symbol | undefined

  constructor(stream: ProgressStream, env: NodeJS.ProcessEnv = process.env, pace: Pace = PACE) {
    this.#stream = stream
    this.#pace = pace
    this.#isLive = stream.isTTY === true && env['TERM'] !== 'dumb'
  }

  /** Begins something with a name; its time is counted from here. */
  start(title: string): void {
    this.#title = title
    this.#words = ''
    this.#startedAt = performance.now()
    this.#shownAt = this.#startedAt
    this.#shown = ''
    const ticking = Symbol(title)
    this.#ticking = ticking
    void this.#tickWhile(() => this.#ticking === ticking)
  }

  /** Milliseconds since `start`. */
  get elapsedMs(): number {
    return performance.now() - this.#startedAt
  }

  /** What is being done now: seen at once on a terminal; elsewhere when the last line is a second old. */
  step(words: string): void {
    this.#words = words
    this.#show()
  }

  /** A line that stays. */
  line(text: string): void {
    this.#erase()
    const width = this.#isLive ? this.#stream.columns : undefined
    this.#stream.write(`${wrap(text, width, '  ').join('\n')}\n`)
    this.#show()
  }

  /** Takes the live line away. */
  end(): void {
    this.#ticking = undefined
    this.#erase()
  }

  async #tickWhile(isOn: () => boolean): Promise<void> {
    for (;;) {
      await pause(this.#pace.liveMs)
      if (!isOn()) return
      this.#show()
    }
  }

  #show(): void {
    if (this.#ticking === undefined) return
    const what = this.#words === '' ? this.#title : `${this.#title}: ${this.#words}`
    const now = `${what} (${(this.elapsedMs / 1000).toFixed(1)} s)`
    if (this.#isLive) this.#showLive(now)
    else this.#showPlain(what, now)
  }

  #showLive(text: string): void {
    const cut = stripVTControlCharacters(text).slice(0, Math.max(0, (this.#stream.columns ?? 80) - 1))
    if (cut === this.#shown) return
    this.#shown = cut
    // In one write, and the rest of the old line last: no moment at which the line is empty.
    this.#stream.write(`\r${cut}\u001B[K`)
  }

  #showPlain(what: string, text: string): void {
    const age = performance.now() - this.#shownAt
    if (age < (what === this.#shown ? this.#pace.againMs : this.#pace.plainMs)) return
    this.#shown = what
    this.#shownAt = performance.now()
    this.#stream.write(`${text}\n`)
  }

  #erase(): void {
    if (this.#isLive && this.#shown !== '') {
      this.#stream.write('\r\u001B[K')
      this.#shown = ''
    }
  }
}
