/** How did each scenario end on each kernel and machine? Read from records alone, for a screen and for a page. */
import { OUTCOMES, type Outcome, type RunRecord } from '../record/run-record.ts'

/** What was predicted of the moves in a run; `mixed`: not the same of all irqs. */
export type Prediction = 'deferred' | 'immediate' | 'unknown' | 'mixed'

/** What was seen of one scenario, kernel and machine. */
export interface Cell {
  /** Absent: nothing was written, as in a run that was skipped. */
  readonly predicted: Prediction | undefined
  /** How often each outcome was seen, the worst first. */
  readonly outcomes: readonly { readonly outcome: Outcome; readonly count: number }[]
  readonly records: readonly RunRecord[]
  /** In some of the runs the kernel complained, as declared for it. */
  readonly said: boolean
}

/** A table with three sides. Each list is in the order of the records. */
export interface Matrix {
  readonly scenarios: readonly string[]
  /** Names that tell the kernels apart: releases, where those do. */
  readonly kernels: readonly string[]
  readonly machines: readonly string[]
  /** Undefined: no such run. */
  cell(scenario: string, kernel: string, machine: string): Cell | undefined
}

/** Puts the records in order. Of several attempts at a run, give the last one alone. */
export function matrixOf(records: readonly RunRecord[]): Matrix {
  const nameOf = kernelNames(records)
  const cells = new Map<string, RunRecord[]>()
  for (const record of records) {
    const key = keyOf(record.scenario, nameOf(record), record.machine.name)
    cells.set(key, [...(cells.get(key) ?? []), record])
  }
  return {
    scenarios: unique(records.map(({ scenario }) => scenario)),
    kernels: unique(records.map(nameOf)),
    machines: unique(records.map(({ machine }) => machine.name)),
    cell: (...sides) => {
      const found = cells.get(keyOf(...sides))
      return found === undefined ? undefined : cellOf(found)
    },
  }
}

/** Gives a kernel's name: its release; where another kernel has the same one, with its source behind. */
export function kernelNames(records: readonly RunRecord[]): (record: RunRecord) => string {
  const digests = new Map<string, Set<string>>()
  for (const { kernel } of records)
    digests.set(
      kernel.release,
      (digests.get(kernel.release) ?? new Set()).add(kernel.sha256 ?? kernel.source),
    )
  return ({ kernel: { release, source } }) =>
    (digests.get(release)?.size ?? 0) > 1 ? `${release} (${source})` : release
}

function cellOf(records: readonly RunRecord[]): Cell {
  const outcomes = OUTCOMES.flatMap((outcome) => {
    const count = records.filter((record) => record.outcome === outcome).length
    return count === 0 ? [] : [{ outcome, count }]
  })
  const said = records.some(({ messages }) => messages !== undefined)
  const predicted = unique(records.flatMap(predictionsOf))
  return { predicted: predicted.length > 1 ? 'mixed' : predicted[0], outcomes, records, said }
}

/** As the record has it; older ones show it by the laws that were asked. */
function predictionsOf({ predictions, verdicts }: RunRecord): readonly Prediction[] {
  if (predictions !== undefined) return predictions.map(({ kind }) => kind)
  return verdicts.flatMap(({ law }) => {
    if (law === 'at-the-write') return ['immediate' as const]
    return law === 'held' || law === 'replaced' ? ['deferred' as const] : []
  })
}

function keyOf(...sides: readonly string[]): string {
  return sides.join('\0')
}

function unique<T>(all: readonly T[]): readonly T[] {
  return [...new Set(all)]
}
