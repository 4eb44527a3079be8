/** Waiting for a condition: asks again until it is met, and says what it saw last when it never was. */
import type { Deadline } from './deadline.ts'

/** Waits `ms`. For pacing between asks and for holds, never as a stand-in for a condition. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

/**
 * Calls `ask` every `everyMs` until it answers something other than `undefined`.
 * Throws the deadline's `Trouble` with `seen()` when it passes first.
 */
export async function poll<T>(
  deadline: Deadline,
  ask: () => Promise<T | undefined> | T | undefined,
  options: { readonly everyMs: number; readonly seen?: () => string },
): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (deadline.passed) throw deadline.trouble(options.seen?.())
    await pause(Math.min(options.everyMs, deadline.leftMs))
  }
}
