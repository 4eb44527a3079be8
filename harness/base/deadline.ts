/** Every wait has a limit and a name. This file turns "too long" into an error that says what was waited for. */
import { Trouble } from './errors.ts'

/** A point in time after which waiting for `what` is trouble at `stage`. */
export class Deadline {
  readonly stage: string
  readonly what: string
  readonly limitMs: number
  readonly #endsAt: number

  /** `limitMs` counts from now. */
  constructor(stage: string, what: string, limitMs: number) {
    this.stage = stage
    this.what = what
    this.limitMs = limitMs
    this.#endsAt = performance.now() + limitMs
  }

  /** Milliseconds left, never negative. */
  get leftMs(): number {
    return Math.max(0, this.#endsAt - performance.now())
  }

  get passed(): boolean {
    return this.leftMs === 0
  }

  /** The trouble to throw once the limit is reached; `seen` is the last thing known. */
  trouble(seen?: string): Trouble {
    const last = seen === undefined ? '' : `; last seen: ${seen}`
    return new Trouble(this.stage, `${this.what} took longer than ${formatMs(this.limitMs)}${last}`)
  }

  /** Waits for the promise, at most until the deadline. Throws `Trouble` when it passes. */
  async race<T>(promise: Promise<T>, seen?: () => string): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.trouble(seen?.())), this.leftMs)
    })
    try {
      return await Promise.race([promise, limit])
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Milliseconds in the words of a person: `850 ms`, `6.4 s`, `3 min`. */
export function formatMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 120_000) return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')} s`
  return `${Math.round(ms / 60_000)} min`
}
