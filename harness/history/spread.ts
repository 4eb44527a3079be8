/** What is usual of a duration, and is a new one beyond it? Median and MAD: a few runs of a busy hour move neither. */
import { median, medianAbsoluteDeviation } from 'simple-statistics'

/** What is usual. */
export interface Spread {
  readonly count: number
  readonly medianMs: number
  /** A robust standard deviation: 1.4826 times the median distance from the median, as of normally spread samples. */
  readonly deviationMs: number
}

/** What came of comparing durations. */
export interface Movement {
  readonly verdict: 'slower' | 'faster' | 'as usual' | 'too few'
  readonly before: Spread | undefined
  readonly now: Spread | undefined
}

/** With fewer runs before there is no telling what is usual. */
export const SAMPLES_MIN = 8
/** As many of the newest runs before are looked at: an older machine's pace is no measure. */
const SAMPLES_MAX = 40
/** A movement is this many deviations at least... */
const DEVIATIONS_MIN = 5
/** ... and this part of the median, for durations that hardly spread... */
const SHARE_MIN = 0.1
/** ... and as long as nobody would notice less. */
const MS_MIN = 250

const AS_DEVIATION = 1.4826

/** The spread; undefined of no sample. */
export function spreadOf(samplesMs: readonly number[]): Spread | undefined {
  if (samplesMs.length === 0) return undefined
  const samples = [...samplesMs]
  return {
    count: samples.length,
    medianMs: median(samples),
    deviationMs: AS_DEVIATION * medianAbsoluteDeviation(samples),
  }
}

/** Whether `now` is beyond what was usual before. `before`: the oldest first. */
export function movementOf(before: readonly number[], now: readonly number[]): Movement {
  const usual = spreadOf(before.slice(-SAMPLES_MAX))
  const latest = spreadOf(now)
  const sides = { before: usual, now: latest }
  if (usual === undefined || latest === undefined || usual.count < SAMPLES_MIN)
    return { verdict: 'too few', ...sides }
  const by = latest.medianMs - usual.medianMs
  const least = Math.max(usual.deviationMs * DEVIATIONS_MIN, usual.medianMs * SHARE_MIN, MS_MIN)
  if (Math.abs(by) <= least) return { verdict: 'as usual', ...sides }
  return { verdict: by > 0 ? 'slower' : 'faster', ...sides }
}
