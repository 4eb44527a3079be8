/** What `npm run soak` prints of many rounds: one line a scenario, and below it what was not as it should be. Pure. */
import type { Steadiness } from './steadiness.ts'

/** The table, with a line feed at its end. */
export function soakTable(steadiness: readonly Steadiness[]): string {
  const kernels = new Set(steadiness.map(({ kernel }) => kernel))
  const rows = steadiness.map((one) => [
    one.scenario,
    ...(kernels.size > 1 ? [one.kernel] : []),
    one.machine,
    one.outcomes.map(({ outcome, rounds }) => `${rounds} ${outcome}`).join(', '),
    one.waited === undefined ? '-' : `${percent(one.waited.mean)} (${percent(one.waited.worst)})`,
    one.changed.length === 0 ? 'none' : String(one.changed.length),
  ])
  const head = [
    'scenario',
    ...(kernels.size > 1 ? ['kernel'] : []),
    'machine',
    'rounds',
    'vCPUs waited, mean (worst)',
    'changed',
  ]
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  return `${[line(head), ...rows.map((row, at) => [line(row), ...remarks(steadiness[at])].join('\n'))].join('\n')}\n`
}

function remarks(one: Steadiness | undefined): readonly string[] {
  if (one === undefined) return []
  const isOdd = one.outcomes.some(({ outcome }) => ['fail', 'fixed', 'broken'].includes(outcome))
  return [...one.changed, ...(isOdd ? [one.reason] : [])].map((words) => `    ${words}`)
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
