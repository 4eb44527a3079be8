/** What was measured: a name, its samples, and what it is compared with. Pure. */
import { assert } from '../base/errors.ts'

/** What the samples of a figure are in: milliseconds, megabytes (10^6 bytes), percent, or how many in a minute. */
export type Unit = 'ms' | 'MB' | '%' | 'a minute'

/** One thing that was measured in every round. */
export interface Figure {
  readonly name: string
  readonly unit: Unit
  /** One a round, or several where a sample costs little. */
  readonly samples: readonly number[]
  /** The name of the figure that this one is shown as a multiple of. */
  readonly per?: string
  /** The goal: at most this multiple of `per`, or of the unit where there is no `per`. Stated, never asserted. */
  readonly goalMax?: number
}

/** The middle of some numbers and how far they lie apart. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** A figure with what follows from its samples. */
export interface Summary extends Figure, Spread {
  /**
   * Multiples of `per`, each sample over the one of the same round: what slowed a round down falls out. Over the median
   * of `per` where that was not measured as often. Absent when the figure is compared with nothing.
   */
  readonly ratio?: Spread
}

/** The middle of the sorted samples, or the mean of the two middle ones. Throws `Bug` when there are none. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.floor((sorted.length - 1) / 2)]
  assert(upper !== undefined && lower !== undefined, 'a sample to take the median of')
  return (lower + upper) / 2
}

/** Works out medians and ratios. Throws `Bug` for a figure without samples, or one compared with a figure not there. */
export function summarize(figures: readonly Figure[]): readonly Summary[] {
  return figures.map((figure) => {
    const { samples, per } = figure
    const base = figures.find(({ name }) => name === per)
    assert(per === undefined || base?.unit === figure.unit, `${figure.name} is compared with its like`)
    return {
      ...figure,
      ...spreadOf(samples),
      ...(base === undefined ? {} : { ratio: spreadOf(ratios(samples, base.samples)) }),
    }
  })
}

/** The number that the goal is about. */
export function decisive({ median, ratio }: Summary): number {
  return ratio?.median ?? median
}

function ratios(samples: readonly number[], bases: readonly number[]): readonly number[] {
  const middle = median(bases)
  const paired = samples.length === bases.length
  return samples.map((sample, round) => sample / (paired ? (bases[round] ?? middle) : middle))
}

function spreadOf(samples: readonly number[]): Spread {
  return { median: median(samples), min: Math.min(...samples), max: Math.max(...samples) }
}
