/** What do the runs of one line say in detail? Its laws, and every run that was no pass, with its sentence and its path. */
import type { DatabaseSync } from 'node:sqlite'
import { mergedSides, type Side } from '../campaign/side.ts'
import type { Outcome } from '../record/run-record.ts'
import { sideFromText } from './side-text.ts'

/** A run that was no pass. */
export interface TroubledRun {
  readonly outcome: Outcome
  readonly reason: string
  /** Where its record is: the directory of its last attempt below the results. */
  readonly path: string
  readonly startedMs: number
  readonly attempt: number
  readonly seed: number
  readonly release: string
  readonly campaign: string
}

/** Which runs of a line: those of the newest that began no earlier. */
export interface RunsOfLine {
  readonly line: number
  readonly sinceMs: number
  readonly limit: number
}

const NEWEST = `SELECT id FROM run INDEXED BY run_of_line WHERE line = ? AND startedMs >= ?
  ORDER BY startedMs DESC, id DESC LIMIT ?`

/** What all these runs together say of each law. */
export function lawsOfLine(index: DatabaseSync, { line, sinceMs, limit }: RunsOfLine): Side['laws'] {
  // Most runs said the same: each text is read once, and counted.
  const rows = index
    .prepare(
      `SELECT said.text AS text, count(*) AS times FROM run JOIN said ON said.id = run.side
       WHERE run.id IN (${NEWEST}) GROUP BY said.id ORDER BY max(run.startedMs) DESC`,
    )
    .all(line, sinceMs, limit)
  return mergedSides(rows.map(({ text, times }) => timesOver(sideFromText(String(text)), Number(times)))).laws
}

/** Those of these runs that were neither a pass nor a skip, the newest first. */
export function troubledRuns(
  index: DatabaseSync,
  { line, sinceMs, limit }: RunsOfLine,
): readonly TroubledRun[] {
  const rows = index
    .prepare(
      `SELECT run.outcome, run.reason, run.path, run.startedMs, run.attempt, run.seed, kernel.release, campaign.name
       FROM run JOIN kernel ON kernel.id = run.kernel JOIN campaign ON campaign.id = run.campaign
       WHERE run.id IN (${NEWEST}) AND run.outcome NOT IN ('pass', 'skip') ORDER BY run.startedMs DESC, run.id DESC`,
    )
    .all(line, sinceMs, limit)
  return rows.map((row) => ({
    outcome: row['outcome'] as Outcome,
    reason: String(row['reason']),
    path: `${String(row['name'])}/${String(row['path'])}/attempt-${Number(row['attempt'])}`,
    startedMs: Number(row['startedMs']),
    attempt: Number(row['attempt']),
    seed: Number(row['seed']),
    release: String(row['release']),
    campaign: String(row['name']),
  }))
}

/** Why runs were skipped, each reason once, the newest first. */
export function skipReasons(index: DatabaseSync, { line, sinceMs, limit }: RunsOfLine): readonly string[] {
  return index
    .prepare(
      `SELECT reason FROM run WHERE id IN (${NEWEST}) AND outcome = 'skip' GROUP BY reason ORDER BY max(startedMs) DESC`,
    )
    .all(line, sinceMs, limit)
    .map(({ reason }) => String(reason))
}

function timesOver(side: Side, times: number): Side {
  const laws = [...side.laws].map(([law, one]) => {
    const { held, violated, unproven } = one.tally
    const tally = { held: held * times, violated: violated * times, unproven: unproven * times }
    return [law, { ...one, tally }] as const
  })
  return { ...side, laws: new Map(laws), runs: times }
}
