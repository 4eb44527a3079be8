/** The figures as a table for a person: median, spread, ratio, and the goal where there is one. Pure. */
import type { Summary, Unit } from './figure.ts'

const HEAD = ['', 'median', 'min', 'max', 'ratio', 'goal'] as const

/** The lines of the table; the first is its head. */
export function figuresTable(figures: readonly Summary[]): readonly string[] {
  const rows = [HEAD, ...figures.map(rowOf)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column >= 1 && column <= 3 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}

/** A value with its unit, to the digits that mean something. */
export function formatValue(value: number, unit: Unit): string {
  if (unit === 'ms' && value >= 1000) return `${(value / 1000).toFixed(2)} s`
  const digits = value >= 100 ? 0 : 1
  return `${value.toFixed(digits)} ${unit}`
}

function rowOf({ name, unit, median, min, max, ratio, per, goalMax }: Summary): readonly string[] {
  const values = [median, min, max].map((value) => formatValue(value, unit))
  const compared = ratio === undefined || per === undefined ? '' : `${ratio.toFixed(2)} x ${per}`
  const goal =
    goalMax === undefined ? '' : `at most ${goalMax} x${ratio === undefined ? '' : met(ratio, goalMax)}`
  return [name, ...values, compared, goal]
}

/** A statement beside the figure: the bench ends the same way whether a goal is reached or not. */
function met(ratio: number, goalMax: number): string {
  return ratio <= goalMax ? ', reached' : ', not reached'
}
