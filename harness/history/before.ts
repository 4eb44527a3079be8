/** What was known of a question before a campaign? The runs of its line that began earlier, from the index. */
import type { DatabaseSync } from 'node:sqlite'
import type { Outcome } from '../record/run-record.ts'
import type { LineRun } from './line-run.ts'
import type { LineName } from './run-facts.ts'

/** A run with what its durations depend on. */
export interface EarlierRun extends LineRun {
  readonly readyMs: number | undefined
  readonly start: string | undefined
  readonly waited: number | undefined
}

/** More runs say nothing more. */
const LOOKED_AT = 100

/** Gives the newest runs of a line that began before a time, the oldest first; those of one campaign, by its number, left out. */
export function runsBefore(
  index: DatabaseSync,
  without: number | undefined,
): (line: LineName, beforeMs: number) => readonly EarlierRun[] {
  const newest = index.prepare(
    `SELECT campaign, kernel, outcome, earlier, startedMs, runMs, readyMs, start, waited FROM run INDEXED BY run_of_line
     WHERE line = (SELECT id FROM line WHERE scenario = ? AND kernel = ? AND machine = ? AND accel = ? AND setup = ?)
       AND startedMs < ? AND campaign != ? ORDER BY startedMs DESC, id DESC LIMIT ?`,
  )
  newest.setReturnArrays(true)
  return ({ scenario, kernel, machine, accel, setup }, beforeMs) => {
    const rows = newest.all(scenario, kernel, machine, accel, setup, beforeMs, without ?? -1, LOOKED_AT)
    return (rows as unknown as readonly EarlierRow[]).map(earlierRun).toReversed()
  }
}

type EarlierRow = readonly [
  campaign: number,
  kernel: number,
  outcome: Outcome,
  earlier: string,
  startedMs: number,
  runMs: number | null,
  readyMs: number | null,
  start: string | null,
  waited: number | null,
]

function earlierRun(row: EarlierRow): EarlierRun {
  const [campaign, kernel, outcome, earlier, startedMs, runMs, readyMs, start, waited] = row
  return {
    campaign,
    kernel,
    outcome,
    earlier: earlier === '' ? [] : (earlier.split(' ') as Outcome[]),
    startedMs,
    runMs: runMs ?? undefined,
    readyMs: readyMs ?? undefined,
    start: start ?? undefined,
    waited: waited ?? undefined,
  }
}
