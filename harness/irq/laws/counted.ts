/** What the counters of one irq say between two readings, in the words that laws use. */
import { counterDelta } from '../counter-delta.ts'
import type { Reading } from '../reading.ts'

/** Interrupts of one irq over some time. */
export interface Counted {
  readonly total: number
  /** Interrupts on one CPU. */
  on(cpu: number): number
  /** `CPU 1: 1, CPU 3: 2`, or `none`. */
  readonly words: string
}

/** Interrupts between two readings. Throws `Trouble` when they cannot be compared (another boot, another irq). */
export function countedBetween(before: Reading, after: Reading): Counted {
  const { perCpu, total } = counterDelta(before, after)
  const parts = perCpu.flatMap((count, cpu) => (count === 0 ? [] : [`CPU ${cpu}: ${count}`]))
  return { total, on: (cpu) => perCpu[cpu] ?? 0, words: parts.length === 0 ? 'none' : parts.join(', ') }
}
