/** What does a person read of history? A line for each scenario, kernel and machine: its last outcomes, and what is new. */
import { stripVTControlCharacters } from 'node:util'
import { formatMs } from '../base/deadline.ts'
import type { Spread } from '../history/spread.ts'
import type { JudgedLine } from '../history/history-line.ts'
import { NEWS, type News } from '../history/standing.ts'
import { OUTCOMES } from '../record/run-record.ts'
import { pad, type Paint, type Palette } from './colour.ts'
import { SIGNS } from './pretty.ts'

/** How history is shown. */
export interface HistoryLook {
  readonly palette: Palette
  /** Columns of the terminal, where there is one. */
  readonly width?: number | undefined
  readonly nowMs: number
}

/** Signs in a strip, where there is no terminal to fill. */
const STRIP = 30
const STRIP_MIN = 8
const GAP = '  '

interface Column {
  readonly head: string
  readonly cell: (line: JudgedLine) => string
}

/** The table. A kernel, machine or accelerator that all lines have is told once, above. */
export function historyLines(lines: readonly JudgedLine[], look: HistoryLook): readonly string[] {
  if (lines.length === 0) return ['no run that was asked for']
  const { palette } = look
  const shown = lines.filter(({ standing }) => standing.passRate !== undefined)
  const only = lines.length - shown.length
  const one = (of: (line: JudgedLine) => unknown) => new Set(shown.map(of)).size === 1
  const [first] = shown
  const told = [
    ...(one(kernelOf) && first !== undefined ? [kernelOf(first)] : []),
    ...(one(machineOf) && first !== undefined ? [machineOf(first)] : []),
    ...(one(accelOf) && first !== undefined ? [accelOf(first)] : []),
  ]
  const before: readonly Column[] = [
    { head: 'what is new', cell: (line) => newsText(line, palette) },
    { head: 'scenario', cell: ({ line }) => palette.bold(line.scenario) },
    ...(one(kernelOf) ? [] : [{ head: 'kernel', cell: kernelOf }]),
    ...(one(machineOf) ? [] : [{ head: 'machine', cell: machineOf }]),
    ...(one(accelOf) ? [] : [{ head: 'by', cell: accelOf }]),
  ]
  const after: readonly Column[] = [
    { head: 'passed', cell: passedText },
    { head: 'steady', cell: (line) => steadyText(line, palette) },
    { head: 'took', cell: ({ took }) => tookText(took) },
    { head: 'last run', cell: (line) => palette.dim(ageText(newestMs(line), look.nowMs)) },
  ]
  const strip = stripWidth(shown, [...before, ...after], look)
  const runs: Column = { head: 'newest right', cell: (line) => stripText(line, strip, palette) }
  const head = told.length === 0 ? [] : [palette.dim(`all on ${told.join(', ')}`), '']
  const skipped = `${only} more that were only ever skipped: \`irqlab history SCENARIO\` tells why`
  return [
    ...head,
    ...(shown.length === 0 ? [] : table([...before, runs, ...after], shown, palette)),
    ...(only === 0 ? [] : [palette.dim(skipped)]),
  ]
}

/** The counts, and what the signs mean. */
export function historySummary(lines: readonly JudgedLine[], palette: Palette): readonly string[] {
  const counts = NEWS.flatMap((news) => {
    const count = lines.filter(({ standing }) => standing.news === news).length
    return count === 0 ? [] : [paintOf(news, palette)(`${count} ${SHORT[news]}`)]
  })
  const flaky = lines.filter(({ standing }) => standing.steadiness === 'flaky').length
  const stable = lines.filter(({ standing }) => standing.steadiness === 'stable').length
  const signs = OUTCOMES.toReversed().map((outcome) => `${SIGNS[outcome]} ${outcome}`)
  return [
    `${counts.join(', ')}; ${palette.doubt(`${flaky} flaky`)}, ${stable} stable`,
    palette.dim(signs.join('  ')),
  ]
}

const SHORT: Readonly<Record<News, string>> = {
  'new failure': 'new to fail',
  'fails again': 'fail again',
  'still fails': 'still fail',
  'still declared': 'still declared',
  'newly broken': 'newly broken',
  'still broken': 'still broken',
  known: 'known',
  fixed: 'fixed',
  skipped: 'skipped',
  passes: 'pass',
}

/** `debian:6.1`; of a long path only its end. */
export function kernelOf({ line: { kernel } }: JudgedLine): string {
  return kernel.replaceAll(/\/[^,]*\/(?=[^/,]+)/g, '…/')
}

/** The machine, and what else was not as usual. */
export function machineOf({ line: { machine, setup } }: JudgedLine): string {
  return `${machine}${setup === '' ? '' : ` ${setup}`}`
}

/** What it was run by: KVM or TCG. */
export function accelOf({ line: { accel } }: JudgedLine): string {
  return accel === 'none' ? 'itself' : accel.toUpperCase()
}

/** The newest outcomes as signs, the newest right. */
export function stripText({ line: { runs } }: JudgedLine, length: number, palette: Palette): string {
  return runs
    .slice(-length)
    .map(({ outcome }) => palette.outcome[outcome](SIGNS[outcome]))
    .join('')
}

/** `98 % of 120`, of the runs that were not skipped. */
export function passedText({ standing: { passRate, counts }, line: { runs } }: JudgedLine): string {
  if (passRate === undefined) return '-'
  // 100 % is said of nothing that ever failed.
  const percent = passRate < 1 ? Math.min(99, Math.round(passRate * 100)) : 100
  return `${String(percent).padStart(3)} % of ${runs.length - (counts.skip ?? 0)}`
}

/** `14.4 s ± 0.3 s`: the median and what is usual around it. */
export function tookText(took: Spread | undefined): string {
  if (took === undefined) return '-'
  const { medianMs, deviationMs, count } = took
  if (count === 1) return formatMs(medianMs)
  // In one unit: 12.2 s ± 0.4 s, not ± 359 ms.
  const around = medianMs < 1000 ? formatMs(deviationMs) : `${(deviationMs / 1000).toFixed(1)} s`
  return `${formatMs(medianMs)} ± ${around}`
}

/** `2 h ago`. */
export function ageText(ms: number, nowMs: number): string {
  const minutes = Math.round((nowMs - ms) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 100) return `${minutes} min ago`
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h ago`
  return `${Math.round(minutes / 60 / 24)} days ago`
}

/** When the newest run of a line began. */
export function newestMs({ line: { runs } }: JudgedLine): number {
  return runs.at(-1)?.startedMs ?? 0
}

/** What is new of a line, in its colour. */
export function newsText({ standing: { news } }: JudgedLine, palette: Palette): string {
  return paintOf(news, palette)(news)
}

function paintOf(news: News, palette: Palette): Paint {
  return {
    'new failure': palette.bad,
    'fails again': palette.bad,
    'still fails': palette.bad,
    'still declared': palette.bad,
    'newly broken': palette.doubt,
    'still broken': palette.doubt,
    known: palette.outcome.known,
    fixed: palette.good,
    skipped: palette.dim,
    passes: palette.dim,
  }[news]
}

function steadyText({ standing: { steadiness, passesInARow } }: JudgedLine, palette: Palette): string {
  if (steadiness === 'flaky') return palette.doubt('flaky')
  return steadiness === 'stable'
    ? palette.good('stable')
    : palette.dim(passesInARow === 0 ? '-' : `${passesInARow} in a row`)
}

function stripWidth(lines: readonly JudgedLine[], others: readonly Column[], { width }: HistoryLook): number {
  if (width === undefined) return STRIP
  const taken = others.reduce((sum, column) => sum + columnWidth(column, lines) + GAP.length, 0)
  return Math.max(STRIP_MIN, width - taken)
}

function columnWidth({ head, cell }: Column, lines: readonly JudgedLine[]): number {
  return Math.max(head.length, ...lines.map((line) => stripVTControlCharacters(cell(line)).length))
}

function table(
  columns: readonly Column[],
  lines: readonly JudgedLine[],
  palette: Palette,
): readonly string[] {
  const widths = columns.map((column) => columnWidth(column, lines))
  const row = (cells: readonly string[]) =>
    cells
      .map((cell, at) => pad(cell, widths[at] ?? 0))
      .join(GAP)
      .trimEnd()
  return [
    palette.dim(row(columns.map(({ head }) => head))),
    ...lines.map((line) => row(columns.map(({ cell }) => cell(line)))),
  ]
}
