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

/** The newest runs of a line that began before a time, the oldest first; those of one campaign, by its number, left out. */
export function runsBefore(
  index: DatabaseSync,
  line: LineName,
  beforeMs: number,
  without: number | undefined,
): readonly EarlierRun[] {
  const { scenario, kernel, machine, accel, setup } = line
  return index
    .prepare(
      `SELECT campaign, kernel, outcome, earlier, startedMs, runMs, readyMs, start, waited FROM run INDEXED BY run_of_line
       WHERE line = (SELECT id FROM line WHERE scenario = ? AND kernel = ? AND machine = ? AND accel = ? AND setup = ?)
         AND startedMs < ? AND campaign != ? ORDER BY startedMs DESC, id DESC LIMIT ?`,
    )
    .all(scenario, kernel, machine, accel, setup, beforeMs, without ?? -1, LOOKED_AT)
    .map((row): EarlierRun => {
      const numberOr = (value: unknown) => (typeof value === 'number' ? value : undefined)
      const earlier = String(row['earlier'])
      return {
        campaign: Number(row['campaign']),
        kernel: Number(row['kernel']),
        outcome: row['outcome'] as Outcome,
        earlier: earlier === '' ? [] : (earlier.split(' ') as Outcome[]),
        startedMs: Number(row['startedMs']),
        runMs: numberOr(row['runMs']),
        readyMs: numberOr(row['readyMs']),
        start: typeof row['start'] === 'string' ? row['start'] : undefined,
        waited: numberOr(row['waited']),
      }
    })
    .toReversed()
}
