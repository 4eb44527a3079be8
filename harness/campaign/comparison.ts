/** What changed between two kernels that were asked the same? Pure: records in, one row for each law of each scenario out. */
import { grouped } from '../base/grouped.ts'
import { LAW_NAMES, type LawName } from '../irq/laws/law-names.ts'
import type { VerdictState } from '../irq/verdict.ts'
import type { RunRecord } from '../record/run-record.ts'
import { type Arrival, type LawSide, type Side, sideOf } from './side.ts'

/** Changes when a reader of old comparisons would have to know. */
const COMPARISON_SCHEMA = 'irqlab.comparison/1'

/** What a patch did. `cannot tell`: one of the two sides gave no answer. */
export type Change = 'worse' | 'cannot tell' | 'better' | 'same'

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
  readonly verdict: Change | 'skipped'
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
  return { worse: 1, 'cannot tell': 2, skipped: 4, better: 0, same: 0 }[verdict]
}

function byQuestion(records: readonly RunRecord[]): ReadonlyMap<string, readonly RunRecord[]> {
  return grouped(records, ({ scenario, machine }) => `${scenario}\n${machine.name}`)
}

function verdictOf(rows: readonly ComparisonRow[]): Comparison['verdict'] {
  if (rows.length === 0) return 'cannot tell'
  const isSkipped = ({ base, patched }: ComparisonRow) =>
    base.state === 'skipped' && patched.state === 'skipped'
  if (rows.every(isSkipped)) return 'skipped'
  const worstFirst = ['worse', 'cannot tell', 'better'] as const
  return worstFirst.find((change) => rows.some((row) => row.change === change)) ?? 'same'
}

type Row = Omit<ComparisonRow, 'scenario' | 'machine'>

function rowsOf(base: Side, patched: Side): readonly Row[] {
  const kernel: Row = {
    what: 'kernel',
    change: changeOfArrival(base.arrival, patched.arrival),
    base: arrivalSide(base),
    patched: arrivalSide(patched),
  }
  // Where one has no verdict at all the row above tells it, once and not for each law.
  if (base.laws.size === 0 || patched.laws.size === 0) return [kernel]
  const laws = LAW_NAMES.filter((law) => base.laws.has(law) || patched.laws.has(law)).map((law): Row => {
    const [a, b] = [base.laws.get(law), patched.laws.get(law)]
    return {
      what: law,
      change: changeOfLaw(a?.state, b?.state),
      base: lawSide(a),
      patched: lawSide(b),
    }
  })
  return [kernel, ...laws]
}

/** What became of a law; undefined: it was not asked. */
export function changeOfLaw(base: VerdictState | undefined, patched: VerdictState | undefined): Change {
  const isOpen = (state: VerdictState | undefined) => state === undefined || state === 'unproven'
  if (isOpen(base) || isOpen(patched)) return 'cannot tell'
  if (base === patched) return 'same'
  return patched === 'violated' ? 'worse' : 'better'
}

/** How far a kernel can be said to have come; the others are not comparable. */
const DISTANCE: Readonly<Partial<Record<Arrival, number>>> = { reached: 2, faulted: 1, crashed: 0, lost: 0 }

/** What became of the way to the verdicts. Two kernels that give none, or none that is sound, tell nothing of each other. */
export function changeOfArrival(base: Arrival, patched: Arrival): Change {
  if (base === 'skipped' && patched === 'skipped') return 'same'
  const [from, to] = [DISTANCE[base], DISTANCE[patched]]
  if (from === undefined || to === undefined || from + to === 0) return 'cannot tell'
  if (from === to) return 'same'
  return to < from ? 'worse' : 'better'
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
