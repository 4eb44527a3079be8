/** The figures as a table: for a person at a terminal, or in Markdown for docs/PERFORMANCE.md. Pure. */
import { decisive, type Spread, type Summary, type Unit } from './figure.ts'

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

const MARKDOWN_HEAD = ['figure', '', 'lowest to highest', 'samples', 'goal'] as const

/**
 * The lines of a table in Markdown, aligned as prettier wants it. What is compared is a multiple, with the spread of the
 * multiples; what it is compared with is 1, whatever this host needs for it.
 */
export function figuresMarkdown(figures: readonly Summary[]): readonly string[] {
  const rows = [MARKDOWN_HEAD, ...figures.map((figure) => markdownRowOf(figure, figures))]
  const widths = MARKDOWN_HEAD.map((_, column) =>
    Math.max(3, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const lines = rows.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`)
  return lines.toSpliced(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`)
}

/** A value with its unit, to the digits that mean something. */
export function formatValue(value: number, unit: Unit): string {
  if (unit === 'ms' && value >= 1000) return `${(value / 1000).toFixed(2)} s`
  const digits = value >= 100 ? 0 : 1
  return `${value.toFixed(digits)} ${unit}`
}

function rowOf(figure: Summary): readonly string[] {
  const { name, unit, ratio } = figure
  const values = [figure.median, figure.min, figure.max].map((value) => formatValue(value, unit))
  return [name, ...values, ratio === undefined ? '' : multipleOf(figure, ratio), goalOf(figure)]
}

function markdownRowOf(figure: Summary, all: readonly Summary[]): readonly string[] {
  const { name, unit, ratio, samples } = figure
  const count = `${samples.length}`
  if (ratio !== undefined) {
    const between = `${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)}`
    return [name, multipleOf(figure, ratio), samples.length > 1 ? between : '', count, goalOf(figure)]
  }
  const { median, min, max } = figure
  const isBase = unit !== 'a minute' && all.some(({ per }) => per === name)
  const value = isBase ? '1' : formatValue(median, unit)
  const scaled: Spread = isBase ? { median, min: min / median, max: max / median } : figure
  const text = (one: number) => (isBase ? one.toFixed(2) : formatValue(one, unit))
  const between = `${text(scaled.min)} to ${text(scaled.max)}`
  return [name, value, samples.length > 1 ? between : '', count, goalOf(figure)]
}

function multipleOf({ per = '' }: Summary, { median }: Spread): string {
  return `${median.toFixed(2)} x ${per}`
}

/** A statement beside the figure: the bench ends the same way whether a goal is reached or not. */
function goalOf(figure: Summary): string {
  const { goalMax, per, unit } = figure
  if (goalMax === undefined) return ''
  const limit = per === undefined ? `${goalMax} ${unit}` : `${goalMax} x`
  return `at most ${limit}, ${decisive(figure) <= goalMax ? 'reached' : 'not reached'}`
}
