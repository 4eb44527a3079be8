/** What a person reads at the end of a run and of a campaign. */
import { stripVTControlCharacters } from 'node:util'
import { formatMs } from '../base/deadline.ts'
import type { Campaign } from '../record/read-campaign.ts'
import { type Outcome, OUTCOMES, type RunRecord } from '../record/run-record.ts'
import { pad, type Paint, type Palette } from './colour.ts'
import { guestName } from './guest-name.ts'
import { lawTable } from './law-table.ts'
import { matrixLines } from './matrix-table.ts'
import { reportedRun, whyNotRun } from './reported-run.ts'
import { safeText } from './safe-text.ts'
import { wrap } from './wrap.ts'

/** Of a line that goes on from the one before. */
const INDENT = '    '

/** One sign for each outcome. */
export const SIGNS: Readonly<Record<Outcome, string>> = {
  pass: '✓',
  known: '~',
  skip: '-',
  broken: '?',
  fixed: '!',
  fail: '✗',
}

/** How a run is shown. */
export interface RunLook {
  /** Columns of the terminal, where there is one. */
  readonly width?: number | undefined
  /** tables: of each run. brief: of many runs, of those that did not pass. plain: none, for a log. Absent: tables. */
  readonly detail?: 'tables' | 'brief' | 'plain'
}

/** The lines of one finished attempt, which took `shownMs` if that is known; none of its words goes beyond the width. */
export function runLines(
  record: RunRecord,
  palette: Palette,
  shownMs: number | undefined,
  { width, detail = 'tables' }: RunLook = {},
): readonly string[] {
  const head = headLines(record, palette, shownMs, width)
  const table = detail === 'plain' ? [] : lawTable(record.verdicts, palette)
  if (record.outcome === 'pass') return detail === 'tables' ? [...head, ...table] : head
  return [...head, ...explanation(record, palette, width), ...table]
}

/** One line where that fits; else with fewer times, and at last broken between its words. */
function headLines(
  record: RunRecord,
  palette: Palette,
  shownMs: number | undefined,
  width: number | undefined,
): readonly string[] {
  const words = [
    `${SIGNS[record.outcome]} ${pad(record.outcome, 6)}`,
    record.scenario,
    record.machine.name,
    record.kernel.release,
  ]
  const details = detailsOf(record, shownMs)
  const fits = (text: string) => width === undefined || [...words, text].join('  ').length <= width
  const detail = details.find(fits)
  const paints: readonly Paint[] = [palette.outcome[record.outcome], palette.bold]
  const painted = words.map((word, at) => paints[at]?.(word) ?? word)
  if (detail !== undefined) return [[...painted, palette.dim(detail)].join('  ')]
  const rest = wrap(`${INDENT}${details[0]}`, width, INDENT).map((line) => palette.dim(line))
  return [...sideBySide(painted, width ?? Infinity), ...rest]
}

/** Words in lines of at most `width` columns, colour not counted; one that never fits stands alone. */
function sideBySide(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    const longer = last === undefined ? word : `${last}  ${word}`
    if (stripVTControlCharacters(longer).length <= width) lines.splice(-1, 1, longer)
    else lines.push(last === undefined ? word : `${INDENT}${word}`)
  }
  return lines
}

/** How a guest came to be ready; older records do not say. */
const HOW_READY = { cold: 'booted in', warm: 'restored in', unknown: 'ready after' } as const

/** What is in brackets behind a run: all of it, and then what can be done without left out. */
function detailsOf(record: RunRecord, shownMs: number | undefined): readonly string[] {
  const took = shownMs === undefined ? [] : [formatMs(shownMs)]
  const ready = record.timings.spawnToReadyMs
  const readyAfter =
    ready === undefined ? [] : [`${HOW_READY[record.guest.start ?? 'unknown']} ${formatMs(ready)}`]
  const which: string[] = []
  // Two builds of a kernel often have one release: the path tells them apart. A machine that is not ours has its own.
  if (record.host === undefined && !record.kernel.source.startsWith('debian:'))
    which.push(record.kernel.source)
  const guest = record.host === undefined ? guestName(record.guest) : undefined
  if (guest !== undefined) which.push(guest)
  if (record.attempts > 1) which.push(`attempt ${record.attempts}`)
  const used = record.host?.destination ?? record.accel.used
  return [
    [...took, ...readyAfter, used, ...which],
    [...took, used, ...which],
    [...took, ...which],
  ].map((parts) => `(${parts.join(', ')})`)
}

function explanation(record: RunRecord, palette: Palette, width: number | undefined): readonly string[] {
  const sentences = [`  ${record.stage === undefined ? '' : `${record.stage}: `}${record.reason}`]
  if (record.hint !== undefined) sentences.push(`  hint: ${record.hint}`)
  const more = record.verdicts.filter(({ state }) => state === 'violated').slice(1)
  for (const { law, queue, irq, sentence } of more)
    sentences.push(`  also ${law} violated on ${queue} (irq ${irq}): ${sentence}`)
  for (const { line, count } of record.messages ?? []) {
    const times = count === 1 ? 'once' : `${count} times`
    if (!record.reason.includes(line))
      sentences.push(`  also the kernel says, as declared, ${times}: ${line}`)
  }
  // A reason may hold lines of its own: those of a worker that died.
  const lines = sentences.flatMap((text) =>
    safeText(text)
      .split('\n')
      .flatMap((line) => wrap(line, width, INDENT)),
  )
  if (record.console !== undefined && record.outcome !== 'skip') {
    lines.push(record.console.length === 0 ? '  the console is empty' : '  last lines of the console:')
    for (const line of record.console) lines.push(palette.dim(`  | ${safeText(line)}`))
  }
  return lines
}

/** Named one by one; more are counted. */
const NOT_RUN_SHOWN_MAX = 20

/** The runs without a record, and why; none when all were run. */
export function notRunLines(campaign: Campaign): readonly string[] {
  const why = whyNotRun(campaign)
  if (why === undefined) return []
  const { notRun } = campaign
  const shown = notRun.slice(0, NOT_RUN_SHOWN_MAX)
  const more = notRun.length - shown.length
  return [
    `not run, because ${why}:`,
    ...shown.map((planned) => `  ${reportedRun(planned, undefined).title}`),
    ...(more === 0 ? [] : [`  ... and ${more} more`]),
  ]
}

/**
 * The closing lines of a campaign: the table, where there is more than one kernel or machine, and the counts. `records`
 * are the last attempts.
 */
export function campaignLines(
  records: readonly RunRecord[],
  dir: string,
  palette: Palette,
  notRunCount = 0,
): readonly string[] {
  const counts = OUTCOMES.toReversed().flatMap((outcome) => {
    const count = records.filter((record) => record.outcome === outcome).length
    return count === 0 ? [] : [palette.outcome[outcome](`${count} ${outcome}`)]
  })
  if (notRunCount > 0) counts.push(palette.outcome.broken(`${notRunCount} not run`))
  const verdicts = records.reduce((sum, record) => sum + record.verdicts.length, 0)
  const last = `${counts.join(', ') || 'no runs'}; ${verdicts} verdicts; evidence in ${dir}`
  return [...matrixLines(records, palette), last]
}
