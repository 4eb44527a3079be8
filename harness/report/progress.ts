/** Progress of whatever takes longer than a second: live lines on a terminal, one for each thing; plain lines elsewhere. */
import { pause } from '../base/poll.ts'
import { LiveLines, type TerminalStream } from './live-lines.ts'
import { wrap } from './wrap.ts'

/** How often live lines may change, after how long a plain line is due, and when it is said once more. */
export interface Pace {
  readonly liveMs: number
  readonly plainMs: number
  readonly againMs: number
}

const PACE: Pace = { liveMs: 100, plainMs: 1000, againMs: 30_000 }

/** Where progress goes: a terminal's stream, or anything that takes text. */
export interface ProgressStream extends TerminalStream {
  readonly isTTY?: boolean
}

/** All that is being done now. */
export class Progress {
  readonly #stream: ProgressStream
  readonly #pace: Pace
  readonly #live: LiveLines | undefined
  readonly #activities = new Set<Activity>()
  #totals: () => string | undefined = () => undefined
  #isTicking = false

  constructor(stream: ProgressStream, env: NodeJS.ProcessEnv = process.env, pace: Pace = PACE) {
    this.#stream = stream
    this.#pace = pace
    if (stream.isTTY === true && env['TERM'] !== 'dumb') this.#live = new LiveLines(stream)
  }

  /** Begins something with a name; its time is counted from here. */
  start(title: string): Activity {
    const activity = new Activity(title, this.#pace, () => this.#show(activity))
    this.#activities.add(activity)
    this.#show(activity)
    if (!this.#isTicking) void this.#tick()
    return activity
  }

  /** This one is over: its line goes, and what is written stays above the others. */
  finish(activity: Activity, write: () => void = () => undefined): void {
    this.#activities.delete(activity)
    this.above(write)
  }

  /** On a terminal, a line below all others that is asked for whenever they are drawn; undefined: none. */
  showTotals(totals: () => string | undefined): void {
    this.#totals = totals
  }

  /** A line that stays. */
  line(text: string): void {
    const width = this.#live === undefined ? undefined : this.#stream.columns
    this.above(() => this.#stream.write(`${wrap(text, width, '  ').join('\n')}\n`))
  }

  /** Everything is over: all live lines go. */
  end(): void {
    this.#activities.clear()
    this.#live?.erase()
  }

  /** What is written to the same terminal by another way stays above the live lines. */
  above(write: () => void): void {
    this.#live?.erase()
    write()
    this.#show()
  }

  async #tick(): Promise<void> {
    this.#isTicking = true
    for (;;) {
      await pause(this.#pace.liveMs)
      if (this.#activities.size === 0) break
      this.#show()
    }
    this.#isTicking = false
  }

  /** On a terminal everything; elsewhere this one, or each, if a line of it is due. */
  #show(changed?: Activity): void {
    if (this.#live !== undefined) {
      if (this.#activities.size > 0) this.#live.show(this.#lines(this.#live))
      else this.#live.erase()
      return
    }
    for (const activity of this.#activities) {
      if (changed !== undefined && changed !== activity) continue
      const line = activity.dueLine()
      if (line !== undefined) this.#stream.write(`${line}\n`)
    }
  }

  #lines(live: LiveLines): readonly string[] {
    const totals = this.#totals()
    const last = totals === undefined ? [] : [totals]
    // Several that change ten times a second are nothing to look at.
    const decimals = this.#activities.size > 1 ? 0 : 1
    const all = [...this.#activities].map((activity) => activity.liveLine(live.columns, decimals))
    const room = live.rows - last.length
    if (all.length <= room) return [...all, ...last]
    const first = all.slice(0, Math.max(0, room - 1))
    return [...first, `... and ${all.length - first.length} more`, ...last].slice(-live.rows)
  }
}

/** One thing that is being done. */
export class Activity {
  readonly #title: string
  readonly #pace: Pace
  readonly #onStep: () => void
  readonly #startedAt = performance.now()
  #words = ''
  /** The last plain line without its time, and when that was. */
  #told = ''
  #toldAt = this.#startedAt

  /** Only `Progress.start` makes these. */
  constructor(title: string, pace: Pace, onStep: () => void) {
    this.#title = title
    this.#pace = pace
    this.#onStep = onStep
  }

  /** Milliseconds since it was begun. */
  get elapsedMs(): number {
    return performance.now() - this.#startedAt
  }

  /** What is being done now: seen at once on a terminal; elsewhere when the last line is a second old. */
  step(words: string): void {
    this.#words = words
    this.#onStep()
  }

  /** What it is and how long it takes, in so many columns: the time is never cut. */
  liveLine(columns: number, decimals: number): string {
    const [what, time] = [this.#what, this.#time(decimals)]
    const room = columns - time.length
    return what.length <= room ? `${what}${time}` : `${what.slice(0, Math.max(0, room - 3))}...${time}`
  }

  /** A line for a log, if one is due; it is taken as told. */
  dueLine(): string | undefined {
    const age = performance.now() - this.#toldAt
    if (age < (this.#what === this.#told ? this.#pace.againMs : this.#pace.plainMs)) return undefined
    this.#told = this.#what
    this.#toldAt = performance.now()
    return `${this.#what}${this.#time(1)}`
  }

  get #what(): string {
    return this.#words === '' ? this.#title : `${this.#title}: ${this.#words}`
  }

  #time(decimals: number): string {
    return ` (${(this.elapsedMs / 1000).toFixed(decimals)} s)`
  }
}
