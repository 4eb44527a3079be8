/** What changed between two kernels that were asked the same? Pure: records in, one row for each law of each scenario out. */
import { grouped } from '../base/grouped.ts'
import { LAW_NAMES, type LawName } from '../irq/laws/law-names.ts'
import type { VerdictState } from '../irq/verdict.ts'
import type { RunRecord } from '../record/run-record.ts'
import { type Arrival, type LawSide, type Side, sideOf } from './side.ts'

/** Changes when a reader of old comparisons would have to know. */
const COMPARISON_SCHEMA = 'irqlab.comparison/1'

/**
 * What a patch did. Where one side gave no answer it may still be known which of the two it cannot be: a law that is held
 * with the patch is not worse, whatever it was before, so it is `maybe better`; one that was held before and is unproven
 * now is `maybe worse`.
 */
export type Change = 'worse' | 'maybe worse' | 'cannot tell' | 'maybe better' | 'better' | 'same'

/** One side of a row, as plain data. */
export interface RowSide {
  /** What a law was found to be, or how far the kernel came. */
  readonly state: VerdictState | Arrival | 'not asked'
  readonly tally?: LawSide['tally']
  readonly stage?: string
  readonly sentence?: string
}

/** One question, asked of both kernels. */
export interface ComparisonRow {
  readonly scenario: string
  readonly machine: string
  /** A law; `kernel`: whether it reaches verdicts without a fault. */
  readonly what: LawName | 'kernel'
  readonly change: Change
  readonly base: RowSide
  readonly patched: RowSide
}

/** All rows, with what follows from them. */
export interface Comparison {
  readonly schema: typeof COMPARISON_SCHEMA
  /** The gravest; what is maybe worse is `cannot tell` here. */
  readonly verdict: Exclude<Change, 'maybe worse'> | 'skipped'
  readonly rows: readonly ComparisonRow[]
}

/** Compares all attempts of both sides, each in the order in which they were made. */
export function compare(base: readonly RunRecord[], patched: readonly RunRecord[]): Comparison {
  const [bases, patcheds] = [byQuestion(base), byQuestion(patched)]
  const rows = [...new Set([...bases.keys(), ...patcheds.keys()])].flatMap((key) => {
    const [a, b] = [bases.get(key) ?? [], patcheds.get(key) ?? []]
    const one = a[0] ?? b[0]
    if (one === undefined) return []
    const asked = { scenario: one.scenario, machine: one.machine.name }
    return rowsOf(sideOf(a), sideOf(b)).map((row) => ({ ...asked, ...row }))
  })
  return { schema: COMPARISON_SCHEMA, verdict: verdictOf(rows), rows }
}

/** 0 only if nothing got worse; 1 if something did; 2 if we cannot tell; 4 if nothing was asked of either. */
export function exitCodeOfComparison({ verdict }: Pick<Comparison, 'verdict'>): number {
  return { worse: 1, 'cannot tell': 2, skipped: 4, 'maybe better': 0, better: 0, same: 0 }[verdict]
}

function byQuestion(records: readonly RunRecord[]): ReadonlyMap<string, readonly RunRecord[]> {
  return grouped(records, ({ scenario, machine }) => `${scenario}\n${machine.name}`)
}

/** What follows from rows: the gravest of them. */
export function verdictOf(rows: readonly Row[]): Comparison['verdict'] {
  if (rows.length === 0) return 'cannot tell'
  const isSkipped = ({ base, patched }: Row) => base.state === 'skipped' && patched.state === 'skipped'
  if (rows.every(isSkipped)) return 'skipped'
  const has = (...changes: readonly Change[]) => rows.some(({ change }) => changes.includes(change))
  if (has('worse')) return 'worse'
  if (has('cannot tell', 'maybe worse')) return 'cannot tell'
  return (['better', 'maybe better'] as const).find((change) => has(change)) ?? 'same'
}

/** What became of one law, or of the way to the verdicts. */
export type Row = Omit<ComparisonRow, 'scenario' | 'machine'>

/** The rows of one question: the kernel's way to its verdicts, and each law that is not told by that. */
export function rowsOf(base: Side, patched: Side): readonly Row[] {
  const kernel: Row = {
    what: 'kernel',
    change: changeOfArrival(base.arrival, patched.arrival),
    base: arrivalSide(base),
    patched: arrivalSide(patched),
  }
  const isAsked = base.laws.size > 0 && patched.laws.size > 0
  const laws = LAW_NAMES.flatMap((law): readonly Row[] => {
    const [a, b] = [base.laws.get(law), patched.laws.get(law)]
    // Where one has no verdict at all the row above tells it, once and not for each law that the other held.
    const isTold = [a, b].every((side) => side === undefined || (!isAsked && side.state === 'held'))
    if (isTold) return []
    return [{ what: law, change: changeOfLaw(a?.state, b?.state), base: lawSide(a), patched: lawSide(b) }]
  })
  return [kernel, ...laws]
}

/** What became of a law; undefined: it was not asked. */
export function changeOfLaw(base: VerdictState | undefined, patched: VerdictState | undefined): Change {
  return changeOf(goodness(base), goodness(patched))
}

function goodness(state: VerdictState | undefined): Goodness {
  return { held: BEST, violated: 0, unproven: undefined, none: undefined }[state ?? 'none']
}

/** Of a law or an arrival: 0 is the worst, undefined is unknown. */
type Goodness = number | undefined

const BEST = 2

/** Of what is unknown it is only known that nothing is better than the best, and nothing worse than the worst. */
function changeOf(from: Goodness, to: Goodness): Change {
  if (from !== undefined && to !== undefined) return from === to ? 'same' : to < from ? 'worse' : 'better'
  if (to === BEST || from === 0) return 'maybe better'
  if (from === BEST || to === 0) return 'maybe worse'
  return 'cannot tell'
}

const ARRIVALS: Readonly<Record<Arrival, Goodness>> = {
  reached: BEST,
  faulted: 1,
  crashed: 0,
  lost: 0,
  open: undefined,
  skipped: undefined,
}

/** What became of the way to the verdicts. Of two kernels that give none nobody knows which is worse. */
export function changeOfArrival(base: Arrival, patched: Arrival): Change {
  if (base === 'skipped' && patched === 'skipped') return 'same'
  // What was not asked is neither good nor bad.
  if (base === 'skipped' || patched === 'skipped') return 'cannot tell'
  const [from, to] = [ARRIVALS[base], ARRIVALS[patched]]
  return from === 0 && to === 0 ? 'cannot tell' : changeOf(from, to)
}

function arrivalSide({ arrival, stage, reason }: Side): RowSide {
  return {
    state: arrival,
    ...(stage === undefined ? {} : { stage }),
    ...(reason === undefined ? {} : { sentence: reason }),
  }
}

function lawSide(law: LawSide | undefined): RowSide {
  return law === undefined ? { state: 'not asked' } : { ...law }
}
