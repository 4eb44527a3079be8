/** A report in a file: whole at any moment, whatever we die of, and not written more often than it is worth. */
import { renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { pause } from '../base/poll.ts'
import { makeDirs } from '../host/make-dirs.ts'
import type { Campaign } from '../record/read-campaign.ts'

/** At least so long between two writings. */
const PACE_MS = 1000
/** And of the time at most one part in so many: a large report takes long to make. */
const SHARE = 5

/** One file, written anew when there is news. */
export class ReportFile {
  /** Absolute. */
  readonly path: string
  readonly #textOf: (campaign: Campaign) => string
  readonly #paceMs: number
  #news: (() => Campaign) | undefined
  #waiting: Promise<void> = Promise.resolve()
  #isWaiting = false
  #nextAt = 0
  /** What went wrong last; undefined when the file is as it should be. */
  #trouble: unknown

  constructor(path: string, textOf: (campaign: Campaign) => string, paceMs: number = PACE_MS) {
    this.path = path
    this.#textOf = textOf
    this.#paceMs = paceMs
  }

  /** There is news: it is written at once, or as soon as the last writing is long enough ago. */
  update(campaign: () => Campaign): void {
    this.#news = campaign
    if (this.#isWaiting) return
    this.#isWaiting = true
    this.#waiting = this.#writeInTime()
  }

  /** Resolves when all news are written. */
  settled(): Promise<void> {
    return this.#waiting
  }

  /** The last word: it is written when this resolves. Throws what was thrown when it could not be. */
  async end(campaign: () => Campaign): Promise<void> {
    this.#news = campaign
    this.#nextAt = 0
    // Who waits for its time writes this instead of what it had; none is written after it.
    await this.settled()
    if (this.#news !== undefined) await this.#write()
    if (this.#trouble !== undefined) throw this.#trouble
  }

  async #writeInTime(): Promise<void> {
    const waitMs = this.#nextAt - performance.now()
    if (waitMs > 0) await pause(waitMs)
    this.#isWaiting = false
    await this.#write()
  }

  async #write(): Promise<void> {
    const campaign = this.#news
    if (campaign === undefined) return
    this.#news = undefined
    const startedAt = performance.now()
    try {
      const text = this.#textOf(campaign())
      makeDirs(dirname(this.path))
      writeFileSync(`${this.path}.partial`, text)
      renameSync(`${this.path}.partial`, this.path)
      this.#trouble = undefined
    } catch (error) {
      // A campaign goes on without its report; whoever ends it is told.
      this.#trouble = error
    }
    const now = performance.now()
    this.#nextAt = now + Math.max(this.#paceMs, SHARE * (now - startedAt))
  }
}
