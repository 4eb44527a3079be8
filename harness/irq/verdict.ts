/** The answer to one law about one irq: held, violated, or unproven. A value, never a boolean, never an exception. */
import type { LawName } from './laws/law-names.ts'

/** Held: the kernel did it. Violated: it did not. Unproven: we cannot tell. */
export type VerdictState = 'held' | 'violated' | 'unproven'

/** What one law says of one written request. */
export interface Verdict {
  readonly law: LawName
  readonly queue: string
  readonly irq: number
  /** Number of the write that was judged: the trace's markers carry it as `id=`. 0 of a law about the whole run. */
  readonly move: number
  readonly state: VerdictState
  /** What was seen, in one sentence, with the numbers that decided. */
  readonly sentence: string
  readonly numbers: Readonly<Record<string, number | string>>
}

/** What a law says before its name, queue and irq are added. */
export interface Finding {
  readonly state: VerdictState
  readonly sentence: string
  readonly numbers: Readonly<Record<string, number | string>>
}

type Numbers = Readonly<Record<string, number | string>>

/** The kernel did it. */
export function held(sentence: string, numbers: Numbers = {}): Finding {
  return { state: 'held', sentence, numbers }
}

/** The kernel did not do it. */
export function violated(sentence: string, numbers: Numbers = {}): Finding {
  return { state: 'violated', sentence, numbers }
}

/** We looked and cannot tell. */
export function unproven(sentence: string, numbers: Numbers = {}): Finding {
  return { state: 'unproven', sentence, numbers }
}
