/** What was measured: a name, its samples, and what it is compared with. Pure. */
import { assert } from '../base/errors.ts'

/** How the samples of a figure are written: all are kept in the unit's own numbers (ms, MiB, percent). */
export type Unit = 'ms' | 'MiB' | '%'

/** One thing that was measured in every round. */
export interface Figure {
  readonly name: string
  readonly unit: Unit
  /** One a round, or several where a sample costs little. */
  readonly samples: readonly number[]
  /** The name of the figure that this one is shown as a multiple of. */
  readonly per?: string
  /** The goal: at most this multiple of `per`. Stated beside the figure, never asserted. */
  readonly goalMax?: number
}

/** A figure with what follows from its samples. */
export interface Summary extends Figure {
  readonly median: number
  readonly min: number
  readonly max: number
  /** Median over the median of `per`; absent when the figure is compared with nothing. */
  readonly ratio?: number
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
      median: median(samples),
      min: Math.min(...samples),
      max: Math.max(...samples),
      ...(base === undefined ? {} : { ratio: median(samples) / median(base.samples) }),
    }
  })
}
