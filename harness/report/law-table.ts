/** A picture of verdicts: a row for each law, a column for each queue, one sign for each time the law was asked. */
import type { RunRecord } from '../record/run-record.ts'
import { pad, type Palette } from './colour.ts'

type Verdict = RunRecord['verdicts'][number]

const INDENT = '  '
/** Wider than this it would break on a terminal of 80 columns: more queues go into a table below. */
const WIDTH_MAX = 78

/** Of no request of its own: what is asked of every irq at the end of every run. */
const OF_NO_MOVE = 0

/** The table's lines; none when there are no verdicts. What always holds is one row, as long as all of it held. */
export function lawTable(all: readonly Verdict[], palette: Palette): readonly string[] {
  const verdicts = condensed(all)
  const laws = [...new Set(verdicts.map(({ law }) => law))]
  const queues = [...new Set(verdicts.map(({ queue }) => queue))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )
  const first = Math.max(...laws.map((law) => law.length)) + 2
  const columns = queues.map((queue) => {
    const cells = laws.map((law) => cell(verdicts, law, queue))
    return { queue, cells, width: Math.max(queue.length, ...cells.map((signs) => signs.length)) + 2 }
  })
  return sideBySide(columns, WIDTH_MAX - INDENT.length - first).flatMap((fitting) => {
    const head = ' '.repeat(first) + fitting.map(({ queue, width }) => pad(queue, width)).join('')
    const rows = laws.map((law, at) => {
      const cells = fitting.map(({ cells, width }) => pad(painted(cells[at] ?? '', palette), width))
      return `${INDENT}${pad(law, first)}${cells.join('')}`.trimEnd()
    })
    return [palette.dim(`${INDENT}${head}`.trimEnd()), ...rows]
  })
}

/** The row of a law, or of several that all held. */
type Row = Pick<Verdict, 'queue' | 'state'> & { readonly law: string }

function condensed(verdicts: readonly Verdict[]): readonly Row[] {
  const always = verdicts.filter(({ move }) => move === OF_NO_MOVE)
  const laws = new Set(always.map(({ law }) => law))
  if (laws.size < 2 || always.some(({ state }) => state !== 'held')) return verdicts
  const queues = [...new Set(always.map(({ queue }) => queue))]
  return [
    ...verdicts.filter(({ move }) => move !== OF_NO_MOVE),
    ...queues.map((queue) => ({ law: `always (${laws.size} laws)`, queue, state: 'held' as const })),
  ]
}

/** Columns, as many in a row as fit. */
function sideBySide<Column extends { readonly width: number }>(
  columns: readonly Column[],
  widthMax: number,
): readonly (readonly Column[])[] {
  const groups: Column[][] = []
  let left = 0
  for (const column of columns) {
    if (column.width > left || groups.length === 0) {
      groups.push([])
      left = widthMax
    }
    groups.at(-1)?.push(column)
    left -= column.width
  }
  return groups
}

const SIGNS = { held: '✓', violated: '✗', unproven: '?' } as const

function cell(verdicts: readonly Row[], law: string, queue: string): string {
  return verdicts
    .filter((verdict) => verdict.law === law && verdict.queue === queue)
    .map(({ state }) => SIGNS[state])
    .join('')
}

function painted(signs: string, palette: Palette): string {
  return signs
    .replaceAll(/✓+/g, (held) => palette.good(held))
    .replaceAll(/✗+/g, (violated) => palette.bad(violated))
    .replaceAll(/\?+/g, (unproven) => palette.doubt(unproven))
}
