/** Did two runs of the same question come to the same? Compared law by law, for each queue and write; not the order of events. Pure. */
import { EXIT } from '../base/exit-codes.ts'
import type { RunRecord } from './run-record.ts'

/** One verdict that is not the same; `undefined`: it was not given. */
export interface VerdictDifference {
  readonly law: string
  readonly queue: string
  /** Number of the write; 0 of a law about the whole run. */
  readonly move: number
  readonly before: string | undefined
  readonly now: string | undefined
  /** What was seen now, else before. */
  readonly sentence: string
}

/** What a comparison came to. */
export interface Sameness {
  readonly answer: 'same' | 'differ' | 'cannot tell'
  /** In one sentence. */
  readonly why: string
  readonly differences: readonly VerdictDifference[]
}

type Verdicts = Pick<RunRecord, 'outcome' | 'reason' | 'stage' | 'verdicts'>

/** Compares a run with an earlier one. What is broken or was skipped has no answer to compare. */
export function compareVerdicts(before: Verdicts, now: Verdicts): Sameness {
  const differences = differencesOf(before, now)
  for (const [when, { outcome, reason }] of [['this time', now] as const, ['then', before] as const]) {
    if (outcome === 'broken' || outcome === 'skip')
      return { answer: 'cannot tell', why: `${when} the run was ${outcome}: ${reason}`, differences }
  }
  // A guest that the kernel took down gives no verdicts: that it was taken down is the answer.
  const [faultThen, faultNow] = [before.stage === 'kernel', now.stage === 'kernel']
  if (faultThen && faultNow)
    return { answer: 'same', why: `the kernel faulted again: ${now.reason}`, differences: [] }
  if (faultThen || faultNow) {
    const why = faultNow ? `now the kernel faults: ${now.reason}` : `the kernel does not fault now`
    return { answer: 'differ', why, differences }
  }
  const [first] = differences
  if (first !== undefined) {
    const count = `${differences.length} of ${before.verdicts.length} verdicts`
    return { answer: 'differ', why: `${count} are not the same`, differences }
  }
  if (before.outcome !== now.outcome)
    return { answer: 'differ', why: `the outcome was ${before.outcome} and is ${now.outcome}`, differences }
  return { answer: 'same', why: `${now.verdicts.length} verdicts are the same`, differences }
}

/** The exit code of `irqlab replay`: 0 same, 1 they differ, 2 cannot tell. */
export function exitCodeOfSameness({ answer }: Sameness): number {
  return { same: EXIT.good, differ: EXIT.kernel, 'cannot tell': EXIT.broken }[answer]
}

function differencesOf(before: Verdicts, now: Verdicts): readonly VerdictDifference[] {
  const [then, later] = [byPlace(before), byPlace(now)]
  return [...new Set([...then.keys(), ...later.keys()])].flatMap((place) => {
    const [old, next] = [then.get(place), later.get(place)]
    const one = next ?? old
    if (one === undefined || old?.state === next?.state) return []
    const { law, queue, move, sentence } = one
    return [{ law, queue, move, before: old?.state, now: next?.state, sentence }]
  })
}

function byPlace({ verdicts }: Verdicts): ReadonlyMap<string, RunRecord['verdicts'][number]> {
  // The worst of several at one place: it is the one that decided.
  const rank = { violated: 0, unproven: 1, held: 2 }
  const places = new Map<string, RunRecord['verdicts'][number]>()
  // A booted guest was written to before its body, one from a snapshot was not: the numbers differ, their order does not.
  const moves = [...new Set(verdicts.map(({ move }) => move))].filter((move) => move > 0)
  const order = new Map(moves.toSorted((a, b) => a - b).map((move, at) => [move, at + 1]))
  for (const verdict of verdicts) {
    const place = `${verdict.law} ${verdict.queue} ${order.get(verdict.move) ?? 0}`
    const there = places.get(place)
    if (there === undefined || rank[verdict.state] < rank[there.state]) places.set(place, verdict)
  }
  return places
}
