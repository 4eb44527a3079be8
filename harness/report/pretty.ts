/** What a person reads at the end of a run and of a campaign. */
import { formatMs } from '../base/deadline.ts'
import { type Outcome, OUTCOMES, type RunRecord } from '../record/run-record.ts'
import { pad, type Palette } from './colour.ts'
import { lawTable } from './law-table.ts'
import { wrap } from './wrap.ts'

const SIGNS: Readonly<Record<Outcome, string>> = {
  pass: '✓',
  known: '~',
  skip: '-',
  broken: '?',
  fixed: '!',
  fail: '✗',
}

/** The lines of one finished run; sentences are broken at `width` columns, if there is one. */
export function runLines(
  record: RunRecord,
  palette: Palette,
  shownMs: number,
  width?: number,
): readonly string[] {
  const paint = palette.outcome[record.outcome]
  const head = [
    paint(`${SIGNS[record.outcome]} ${pad(record.outcome, 6)}`),
    palette.bold(record.scenario),
    record.machine.name,
    record.kernel.release,
    palette.dim(detail(record, shownMs)),
  ].join('  ')
  if (record.outcome === 'pass') return [head, ...lawTable(record.verdicts, palette)]
  return [head, ...explanation(record, palette, width), ...lawTable(record.verdicts, palette)]
}

function detail(record: RunRecord, shownMs: number): string {
  const ready = record.timings.spawnToReadyMs
  const parts = [
    formatMs(shownMs),
    ...(ready === undefined ? [] : [`ready after ${formatMs(ready)}`]),
    record.accel.used,
  ]
  // Two builds of a kernel often have one release: the path tells them apart.
  if (!record.kernel.source.startsWith('debian:')) parts.push(record.kernel.source)
  if (record.attempts > 1) parts.push(`attempt ${record.attempts}`)
  return `(${parts.join(', ')})`
}

function explanation(record: RunRecord, palette: Palette, width: number | undefined): readonly string[] {
  const sentences = [`  ${record.stage === undefined ? '' : `${record.stage}: `}${record.reason}`]
  if (record.hint !== undefined) sentences.push(`  hint: ${record.hint}`)
  const more = record.verdicts.filter(({ state }) => state === 'violated').slice(1)
  for (const { law, queue, irq, sentence } of more)
    sentences.push(`  also ${law} violated on ${queue} (irq ${irq}): ${sentence}`)
  // A reason may hold lines of its own: those of a worker that died.
  const lines = sentences.flatMap((text) => text.split('\n').flatMap((line) => wrap(line, width, '    ')))
  if (record.console !== undefined && record.outcome !== 'skip') {
    lines.push(record.console.length === 0 ? '  the console is empty' : '  last lines of the console:')
    for (const line of record.console) lines.push(palette.dim(`  | ${line}`))
  }
  return lines
}

/** The closing lines of a campaign. */
export function campaignLines(
  records: readonly RunRecord[],
  dir: string,
  palette: Palette,
): readonly string[] {
  const counts = OUTCOMES.toReversed().flatMap((outcome) => {
    const count = records.filter((record) => record.outcome === outcome).length
    return count === 0 ? [] : [palette.outcome[outcome](`${count} ${outcome}`)]
  })
  const verdicts = records.reduce((sum, record) => sum + record.verdicts.length, 0)
  return [`${counts.join(', ') || 'no runs'}; ${verdicts} verdicts; evidence in ${dir}`]
}
