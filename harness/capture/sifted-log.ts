/** What does irqbalance say in a log of gigabytes? The log goes by, and only the irqs that it could not move are kept, as in capture.sh. */

const REFUSED = /irqbalance.*(Cannot change IRQ \d{1,7} affinity: [A-Za-z/ ]{1,60})/
const NEWLINE = 10
/** irqbalance says the same every ten seconds. */
const LINES_MAX = 200
/** Longer than any line of irqbalance. */
const LINE_MAX = 1000

/** Takes a log part by part. */
export class SiftedLog {
  readonly #lines = new Set<string>()
  #rest = Buffer.alloc(0)

  take(bytes: Buffer): void {
    const end = bytes.lastIndexOf(NEWLINE) + 1
    // Searched as bytes first: hardly any part has a word of irqbalance.
    if (end === 0) this.#keep(bytes)
    else {
      this.#look(Buffer.concat([this.#rest, bytes.subarray(0, end)]))
      this.#rest = Buffer.alloc(0)
      this.#keep(bytes.subarray(end))
    }
  }

  /** What irqbalance said, each once. */
  text(): Buffer {
    this.#look(this.#rest)
    return Buffer.from([...this.#lines].map((line) => `${line}\n`).join(''), 'latin1')
  }

  /** The beginning of a line whose end is not there yet. */
  #keep(bytes: Buffer): void {
    if (this.#rest.length < LINE_MAX) this.#rest = Buffer.concat([this.#rest, bytes.subarray(0, LINE_MAX)])
  }

  #look(bytes: Buffer): void {
    if (!bytes.includes('Cannot change IRQ')) return
    for (const line of bytes.toString('latin1').split('\n')) {
      const words = line.length > LINE_MAX ? undefined : REFUSED.exec(line)?.[1]
      if (words !== undefined && this.#lines.size < LINES_MAX) this.#lines.add(`irqbalance:${words.trim()}`)
    }
  }
}
