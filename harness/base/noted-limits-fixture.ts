/** Limits for tests, a hundredth of ours, that note how long each wait was allowed. */
import { Limits } from './limits.ts'

/** See above. */
export class NotedLimits extends Limits {
  /** Milliseconds, in order. */
  readonly allowedMs: number[] = []

  constructor() {
    super(0.01)
  }

  override deadline(...asked: Parameters<Limits['deadline']>): ReturnType<Limits['deadline']> {
    const deadline = super.deadline(...asked)
    this.allowedMs.push(Math.round(deadline.limitMs))
    return deadline
  }
}
