/** Which lines of history are there, and what are their newest runs? Asked of the index. */
import type { DatabaseSync } from 'node:sqlite'
import { UsageError } from '../base/errors.ts'
import type { Outcome } from '../record/run-record.ts'
import type { LineName } from './run-facts.ts'
import type { LineRun } from './line-run.ts'

/** What is asked for; absent: all. */
export interface LineFilter {
  readonly scenario?: string
  /** As given with --kernel in the runs, a release, or the beginning of one: `debian:6.1`, `6.1`. */
  readonly kernel?: string
  readonly machine?: string
  /** Runs that began earlier do not count. */
  readonly sinceMs?: number
  /** The newest runs of each line that count. */
  readonly limit: number
}

/** A line with its newest runs. */
export interface HistoryLine extends LineName {
  readonly id: number
  /** Of the newest run. */
  readonly release: string
  /** The oldest first; at least one. */
  readonly runs: readonly LineRun[]
}

/** The lines that have a run that counts, by their names. Throws `UsageError` when the filter names what is not there. */
export function linesIn(index: DatabaseSync, filter: LineFilter): readonly HistoryLine[] {
  const kernels = kernelsIn(index)
  const chosen =
    filter.kernel === undefined ? undefined : kernelsLike(kernels, filter.kernel, sourcesIn(index))
  refuseUnknown(index, filter)
  const rows = index
    .prepare(
      'SELECT id, scenario, kernel, machine, accel, setup FROM line ORDER BY scenario, kernel, machine, accel, setup',
    )
    .all()
  const newest = index.prepare(
    `SELECT campaign, kernel, outcome, nullif(earlier, ''), startedMs, runMs FROM run INDEXED BY run_of_line
     WHERE line = ? AND startedMs >= ? ORDER BY startedMs DESC, id DESC LIMIT ?`,
  )
  newest.setReturnArrays(true)
  return rows.flatMap((row): readonly HistoryLine[] => {
    const name = row as unknown as LineName & { readonly id: number }
    if (filter.scenario !== undefined && name.scenario !== filter.scenario) return []
    if (filter.machine !== undefined && name.machine !== filter.machine) return []
    const isWhole = chosen === undefined || chosen.sources.has(name.kernel)
    const found = newest.all(name.id, filter.sinceMs ?? 0, filter.limit) as unknown as readonly RunRow[]
    const wanted = isWhole ? found : found.filter(([, kernel]) => chosen.ids.has(kernel))
    const runs = wanted.map(lineRun).toReversed()
    const last = runs.at(-1)
    if (last === undefined) return []
    return [{ ...name, release: kernels.get(last.kernel) ?? '', runs }]
  })
}

type RunRow = readonly [number, number, Outcome, string | null, number, number | null]

const NONE: readonly Outcome[] = []

function lineRun([campaign, kernel, outcome, earlier, startedMs, runMs]: RunRow): LineRun {
  return {
    outcome,
    earlier: earlier === null ? NONE : (earlier.split(' ') as Outcome[]),
    kernel,
    campaign,
    startedMs,
    runMs: runMs ?? undefined,
  }
}

/** Releases by the index's numbers. */
function kernelsIn(index: DatabaseSync): ReadonlyMap<number, string> {
  const rows = index.prepare('SELECT id, release FROM kernel').all()
  return new Map(rows.map(({ id, release }) => [Number(id), String(release)]))
}

function sourcesIn(index: DatabaseSync): readonly string[] {
  return index
    .prepare('SELECT DISTINCT kernel FROM line ORDER BY kernel')
    .all()
    .map(({ kernel }) => String(kernel))
}

/** What a person means by a kernel: lines of such a source whole, of others the runs with such a release. */
function kernelsLike(
  kernels: ReadonlyMap<number, string>,
  wanted: string,
  sources: readonly string[],
): { readonly sources: ReadonlySet<string>; readonly ids: ReadonlySet<number> } {
  const isLike = (text: string) =>
    text === wanted || (text.startsWith(wanted) && !/\d/.test(text.charAt(wanted.length)))
  const ids = [...kernels].filter(([, release]) => isLike(release)).map(([id]) => id)
  const whole = sources.filter((source) => isLike(source))
  if (ids.length === 0 && whole.length === 0)
    throw new UsageError(`--kernel ${wanted}: no run of it; there are ${listed(sources)}`)
  return { sources: new Set(whole), ids: new Set(ids) }
}

function refuseUnknown(index: DatabaseSync, { machine }: LineFilter): void {
  if (machine === undefined) return
  const machines = index.prepare('SELECT DISTINCT machine FROM line ORDER BY machine').all()
  const names = machines.map((row) => String(row['machine']))
  if (!names.includes(machine))
    throw new UsageError(`--machine ${machine}: no run on it; there are ${listed(names)}`)
}

/** The scenarios that have a run. */
export function scenariosIn(index: DatabaseSync): readonly string[] {
  return index
    .prepare('SELECT DISTINCT scenario FROM line ORDER BY scenario')
    .all()
    .map(({ scenario }) => String(scenario))
}

const LISTED_MAX = 12

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none yet'
  const more = names.length - LISTED_MAX
  return `${names.slice(0, LISTED_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
