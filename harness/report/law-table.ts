/** A picture of verdicts: a row for each queue, a column for each law, one sign for each time the law was asked. */
import type { RunRecord } from '../record/run-record.ts'
import { pad, type Palette } from './colour.ts'

type Verdict = RunRecord['verdicts'][number]

/** The table's lines; none when there are no verdicts. */
export function lawTable(verdicts: readonly Verdict[], palette: Palette): readonly string[] {
  if (verdicts.length === 0) return []
  const laws = [...new Set(verdicts.map(({ law }) => law))]
  const queues = [...new Set(verdicts.map(({ queue }) => queue))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )
  const first = Math.max(...queues.map((queue) => queue.length), 5) + 2
  const widths = laws.map((law) => law.length + 2)
  const head = palette.dim(
    (' '.repeat(first) + laws.map((law, at) => pad(law, widths[at] ?? 0)).join('')).trimEnd(),
  )
  const rows = queues.map((queue) => {
    const cells = laws.map((law, at) => {
      const asked = verdicts.filter((verdict) => verdict.law === law && verdict.queue === queue)
      return pad(asked.map((verdict) => sign(verdict, palette)).join(''), widths[at] ?? 0)
    })
    return pad(queue, first) + cells.join('')
  })
  return [head, ...rows].map((line) => `  ${line.trimEnd()}`)
}

function sign({ state }: Verdict, palette: Palette): string {
  switch (state) {
    case 'held':
      return palette.good('✓')
    case 'violated':
      return palette.bad('✗')
    case 'unproven':
      return palette.doubt('?')
  }
}
