/** Did a duration move beyond its noise? Like is compared with like: the same accelerator, the same start, a host as busy. */
import { median } from 'simple-statistics'
import type { Outcome } from '../record/run-record.ts'
import { type Movement, movementOf } from './spread.ts'

/** What is timed: a run from its start to its last verdict, and QEMU's exec to the first SSH answer. */
export type Timed = 'run' | 'boot' | 'restore'

/** A run, as far as its durations go. */
export interface TimedRun {
  readonly outcome: Outcome
  readonly runMs?: number | undefined
  readonly readyMs?: number | undefined
  readonly start?: string | undefined
  readonly waited?: number | undefined
}

/** One duration that moved, or did not. `busier`: it moved, and so did what the vCPUs waited for a host CPU. */
export interface TimingMove extends Omit<Movement, 'verdict'> {
  readonly what: Timed
  readonly verdict: Movement['verdict'] | 'busier' | 'less busy'
}

/** So much more of their time have vCPUs to wait for a host CPU that the host explains a longer run. */
const WAITED_MORE = 0.1

/** What the durations of a question did. `before`: the oldest first. */
export function timingMoves(before: readonly TimedRun[], now: readonly TimedRun[]): readonly TimingMove[] {
  return (['run', 'boot', 'restore'] as const).flatMap((what) => {
    const [old, latest] = [samplesOf(before, what), samplesOf(now, what)]
    if (latest.length === 0) return []
    // A run from a snapshot and one that boots are not the same.
    const starts = new Set(latest.map(({ start }) => start))
    const alike = old.filter(({ start }) => starts.has(start))
    const movement = movementOf(
      alike.map(({ ms }) => ms),
      latest.map(({ ms }) => ms),
    )
    return [{ ...movement, what, verdict: withHost(movement.verdict, alike, latest) }]
  })
}

interface Sample {
  readonly ms: number
  readonly start: string | undefined
  readonly waited: number | undefined
}

function samplesOf(runs: readonly TimedRun[], what: Timed): readonly Sample[] {
  return runs.flatMap(({ outcome, runMs, readyMs, start, waited }) => {
    // What broke or was skipped ended early, or late.
    if (outcome === 'broken' || outcome === 'skip') return []
    const wanted = what === 'boot' ? 'cold' : what === 'restore' ? 'warm' : start
    const ms = what === 'run' ? runMs : readyMs
    return ms === undefined || start !== wanted ? [] : [{ ms, start, waited }]
  })
}

function withHost(
  verdict: Movement['verdict'],
  before: readonly Sample[],
  now: readonly Sample[],
): TimingMove['verdict'] {
  const [old, latest] = [waitedOf(before), waitedOf(now)]
  if (old === undefined || latest === undefined) return verdict
  if (verdict === 'slower' && latest - old > WAITED_MORE) return 'busier'
  if (verdict === 'faster' && old - latest > WAITED_MORE) return 'less busy'
  return verdict
}

function waitedOf(samples: readonly Sample[]): number | undefined {
  const known = samples.flatMap(({ waited }) => waited ?? [])
  return known.length === 0 ? undefined : median(known)
}
