/** A flood: datagrams at a steady rate while something else is done, never more under way than the tap can hold. */
import type { Deadline } from '../base/deadline.ts'
import { pause } from '../base/poll.ts'

/** How a flood is kept up. */
export interface FloodRate {
  /** Datagrams a second, where the guest takes so many. */
  readonly perSecond: number
  /** It goes on until so many were sent, however soon the acts are over. */
  readonly framesMin: number
  /** More are never sent: the guest's trace has an end. */
  readonly framesMax: number
}

/** What a flood sends with, and how many of those that it sent have left the host. */
export interface FloodPipe {
  readonly send: () => Promise<void>
  readonly taken: () => Promise<number>
  /** How long nothing may be taken before nothing more is expected to be: the guest does not hear the queue. */
  readonly patience: () => Deadline
}

/** The tap holds 1000 frames (drivers/net/tun.c, TUN_READQ_SIZE and the queue's length) and drops what is more. */
const UNDER_WAY_MAX = 200
const TICK_MS = 4

/**
 * Sends from now until `acts` is over and `framesMin` are sent, or until nobody takes them any more. Gives what `acts` gave;
 * what it throws is thrown when the flood is over.
 */
export async function flood<T>(
  { send, taken, patience }: FloodPipe,
  { perSecond, framesMin, framesMax }: FloodRate,
  acts: () => Promise<T>,
): Promise<T> {
  const state = { over: false }
  const acting = acts().finally(() => (state.over = true))
  // Its end is awaited below; until then it is no news.
  acting.catch(() => undefined)
  const started = performance.now()
  let sent = 0
  let [gone, deadline] = [0, patience()]
  try {
    while (sent < framesMax && (!state.over || sent < framesMin)) {
      const due = Math.floor(((performance.now() - started) * perSecond) / 1000) - sent
      const now = await taken()
      if (now > gone) [gone, deadline] = [now, patience()]
      const room = UNDER_WAY_MAX - (sent - now)
      if (room <= 0 && state.over && deadline.passed) break
      for (let left = Math.min(due, room, framesMax - sent); left > 0; left--, sent++) await send()
      await pause(TICK_MS)
    }
  } finally {
    // A flood that cannot go on does not leave its acts behind.
    await acting.catch(() => undefined)
  }
  return acting
}
