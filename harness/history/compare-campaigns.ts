/** What is worse, better or new in a campaign than in another? By laws, as `irqlab try` compares, and by what was known before. */
import { Bug } from '../base/errors.ts'
import { grouped } from '../base/grouped.ts'
import { type Comparison, type Row, rowsOf, verdictOf } from '../campaign/comparison.ts'
import { mergedSides } from '../campaign/side.ts'
import { type Outcome, OUTCOMES } from '../record/run-record.ts'
import type { EarlierRun } from './before.ts'
import type { ComparedCampaign, ComparedRun } from './compared-campaign.ts'
import { kernelPairs } from './kernel-pairs.ts'
import type { LineName } from './run-facts.ts'
import { steadinessOf } from './standing.ts'
import { type TimingMove, timingMoves } from './timing-moves.ts'

/** What became of a question, the gravest first. See docs/HISTORY.md. */
export const CHANGES = [
  'new failure',
  'fails again',
  'worse',
  'fails, not asked before',
  'flaky',
  'not run',
  'cannot tell',
  'still fails',
  'known',
  'fixed',
  'better',
  'skipped',
  'same',
] as const

/** What became of a question. */
export type QuestionChange = (typeof CHANGES)[number]

/** One question that both were asked, or the second alone. */
export interface QuestionCompared {
  readonly scenario: string
  readonly machine: string
  readonly setup: string
  /** As asked for with --kernel; absent on the side that was not asked. */
  readonly kernels: { readonly a?: string; readonly b?: string }
  readonly change: QuestionChange
  readonly outcomes: { readonly a?: Outcome; readonly b?: Outcome }
  /** What the laws did; empty where one side has none to compare. */
  readonly rows: readonly Row[]
  readonly timings: readonly TimingMove[]
  /** Where the worst run of the second is. */
  readonly path?: string
}

/** Two campaigns, compared. */
export interface CampaignsCompared {
  readonly a: string
  readonly b: string
  readonly questions: readonly QuestionCompared[]
  /** Questions of the first that the second was not to ask. */
  readonly onlyA: number
  /** Questions of the second that the first did not ask, and that did not fail. */
  readonly onlyB: number
  /** Kernels that were compared although they were asked for by other names. */
  readonly paired: readonly (readonly [string, string])[]
}

/** What the index knows of a line before a time. */
export type Before = (line: LineName, beforeMs: number) => readonly EarlierRun[]

/** Compares: the second as against the first. `before` gives no run of the second. */
export function compareCampaigns(
  a: ComparedCampaign,
  b: ComparedCampaign,
  before: Before,
): CampaignsCompared {
  const pairs = kernelPairs(a.runs.map(kernelOf), [
    ...b.runs.map(kernelOf),
    ...b.missed.map(({ kernel }) => kernel),
  ])
  const keyOf = ({ line: { scenario, machine, setup, kernel } }: ComparedRun, side: 'a' | 'b') =>
    [scenario, machine, setup, side === 'a' ? (pairs.get(kernel) ?? kernel) : kernel].join('\n')
  const [as, bs] = [grouped(a.runs, (run) => keyOf(run, 'a')), grouped(b.runs, (run) => keyOf(run, 'b'))]
  const missed = new Set(
    b.missed.map(({ scenario, machine, kernel }) => [scenario, machine, '', kernel].join('\n')),
  )
  const both = [...bs].flatMap(([key, now]) => {
    const then = as.get(key)
    return then === undefined ? [] : [comparedOf(then, now, before)]
  })
  const notRun = [...as].flatMap(([key, then]) =>
    !bs.has(key) && missed.has(key) ? [oneSided(then, 'a', 'not run')] : [],
  )
  const alone = [...bs].filter(([key]) => !as.has(key)).map(([, now]) => now)
  const failing = alone.filter((now) => worstOf(now) === 'fail')
  const questions = [
    ...both,
    ...notRun,
    ...failing.map((now) => oneSided(now, 'b', 'fails, not asked before')),
  ]
  return {
    a: a.name,
    b: b.name,
    questions: questions.toSorted(
      (one, other) => CHANGES.indexOf(one.change) - CHANGES.indexOf(other.change),
    ),
    onlyA: [...as.keys()].filter((key) => !bs.has(key)).length - notRun.length,
    onlyB: alone.length - failing.length,
    paired: [...pairs].filter(([one, other]) => one !== other),
  }
}

/** 1: something is worse. 2: we cannot tell. 4: all was skipped. 0: nothing is worse. */
export function exitCodeOfCompared(
  { questions }: CampaignsCompared,
  { failOnSlower }: { readonly failOnSlower: boolean },
): number {
  const has = (...changes: readonly QuestionChange[]) =>
    questions.some(({ change }) => changes.includes(change))
  if (has('new failure', 'fails again', 'worse')) return 1
  if (failOnSlower && questions.some(({ timings }) => timings.some(({ verdict }) => verdict === 'slower')))
    return 1
  if (questions.length === 0 || has('fails, not asked before', 'flaky', 'not run', 'cannot tell')) return 2
  return questions.every(({ change }) => change === 'skipped') ? 4 : 0
}

function kernelOf({ line }: ComparedRun): string {
  return line.kernel
}

function comparedOf(
  then: readonly ComparedRun[],
  now: readonly ComparedRun[],
  before: Before,
): QuestionCompared {
  const rows = rowsOf(mergedSides(then.map(({ side }) => side)), mergedSides(now.map(({ side }) => side)))
  const [last, worst] = [then.at(-1), runOf(now, worstOf(now))]
  const beganMs = Math.min(...now.map(({ startedMs }) => startedMs))
  const known = last === undefined ? [] : before(last.line, beganMs)
  const outcomes = { a: worstOf(then), b: worstOf(now) }
  return {
    ...nameOf(worst),
    kernels: { ...(last === undefined ? {} : { a: last.line.kernel }), b: worst.line.kernel },
    change: changeOf(verdictOf(rows), outcomes, known),
    outcomes,
    rows,
    timings: timingsOf(then, now, known),
    path: worst.path,
  }
}

function oneSided(runs: readonly ComparedRun[], side: 'a' | 'b', change: QuestionChange): QuestionCompared {
  const run = runOf(runs, worstOf(runs))
  return {
    ...nameOf(run),
    kernels: { [side]: run.line.kernel },
    change,
    outcomes: { [side]: run.outcome },
    rows: [],
    timings: [],
    ...(side === 'b' ? { path: run.path } : {}),
  }
}

function changeOf(
  verdict: Comparison['verdict'],
  { a, b }: { readonly a: Outcome; readonly b: Outcome },
  known: readonly EarlierRun[],
): QuestionChange {
  const answers = known.filter(({ outcome }) => outcome !== 'broken' && outcome !== 'skip')
  const lastAnswer = answers.at(-1)?.outcome
  // That a host once had no time, or a boot failed, is no excuse for a law that is violated: verdicts have to disagree.
  const verdicts = answers.map((run) => ({ ...run, earlier: run.earlier.filter((one) => one !== 'broken') }))
  const isFlaky = steadinessOf(verdicts).steadiness === 'flaky'
  if (verdict === 'skipped') return 'skipped'
  if (verdict === 'worse') {
    if (b === 'known') return 'known'
    if (isFlaky) return 'flaky'
    if (a === 'fail') return 'worse'
    return answers.some(({ outcome }) => outcome === 'fail') ? 'fails again' : 'new failure'
  }
  if (b === 'fail') {
    if (a === 'fail' || lastAnswer === 'fail') return 'still fails'
    // The first gave no answer; one before it may have.
    if (lastAnswer === undefined) return 'cannot tell'
    if (isFlaky) return 'flaky'
    return answers.some(({ outcome }) => outcome === 'fail') ? 'fails again' : 'new failure'
  }
  if (verdict === 'cannot tell') return a === 'skip' && b === 'pass' ? 'better' : 'cannot tell'
  if (b === 'known') return 'known'
  if (verdict === 'better') return a === 'fail' || a === 'known' ? 'fixed' : 'better'
  return 'same'
}

/** The earlier runs of the line are the measure; the first campaign's own where the index does not have it. */
function timingsOf(
  then: readonly ComparedRun[],
  now: readonly ComparedRun[],
  known: readonly EarlierRun[],
): readonly TimingMove[] {
  const accel = then.at(-1)?.line.accel
  const alike = now.filter(({ line }) => line.accel === accel)
  const starts = new Set(known.map(({ startedMs }) => startedMs))
  const more = then.filter(({ startedMs, line }) => line.accel === accel && !starts.has(startedMs))
  return timingMoves([...known, ...more], alike)
}

function nameOf({ line }: ComparedRun): Pick<QuestionCompared, 'scenario' | 'machine' | 'setup'> {
  return { scenario: line.scenario, machine: line.machine, setup: line.setup }
}

function worstOf(runs: readonly ComparedRun[]): Outcome {
  const serious = new Set(runs.map(({ outcome }) => outcome))
  return OUTCOMES.find((outcome) => outcome !== 'skip' && serious.has(outcome)) ?? 'skip'
}

/** Its newest run with that outcome. Every group has a run. */
function runOf(runs: readonly ComparedRun[], outcome: Outcome): ComparedRun {
  const run = runs.findLast((one) => one.outcome === outcome) ?? runs.at(-1)
  if (run === undefined) throw new Bug('a question without a run was compared')
  return run
}
