/** A campaign as one side of a comparison: from the index, or straight from a directory that is not in it. */
import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { basename } from 'node:path'
import { UsageError } from '../base/errors.ts'
import type { Outcome } from '../record/run-record.ts'
import { type KeptCampaign, missedIn } from './campaigns.ts'
import { type MissedRun, readCampaignFacts, type Unreadable } from './read-campaign-facts.ts'
import type { LineName, RunFacts } from './run-facts.ts'
import { sideFromText } from './side-text.ts'

/** What a comparison needs of a run. */
export type ComparedRun = Pick<
  RunFacts,
  'line' | 'kernel' | 'outcome' | 'side' | 'startedMs' | 'runMs' | 'readyMs' | 'start' | 'waited'
> & {
  /** The directory of its last attempt, below the campaign. */
  readonly path: string
}

/** One side. */
export interface ComparedCampaign {
  readonly name: string
  /** The index's number; undefined: it lies elsewhere. */
  readonly id: number | undefined
  readonly runs: readonly ComparedRun[]
  readonly missed: readonly MissedRun[]
  /** Of one that lies elsewhere; what the index could not read it tells itself. */
  readonly unreadable: readonly Unreadable[]
}

/** A campaign of the index. */
export function keptSide(index: DatabaseSync, { id, name }: KeptCampaign): ComparedCampaign {
  const rows = index
    .prepare(
      `SELECT line.scenario, line.kernel AS source, line.machine, line.accel, line.setup, kernel.sha256, kernel.release,
         run.outcome, run.startedMs, run.runMs, run.readyMs, run.start, run.waited, run.attempt, run.path, said.text
       FROM run JOIN line ON line.id = run.line JOIN kernel ON kernel.id = run.kernel JOIN said ON said.id = run.side
       WHERE run.campaign = ? ORDER BY run.startedMs, run.id`,
    )
    .all(id)
  const sides = new Map<string, ComparedRun['side']>()
  const runs = rows.map((row): ComparedRun => {
    const text = String(row['text'])
    const side = sides.get(text) ?? sideFromText(text)
    sides.set(text, side)
    const { runMs, readyMs, start, waited } = row
    return {
      line: {
        scenario: String(row['scenario']),
        kernel: String(row['source']),
        machine: String(row['machine']),
        accel: row['accel'] as LineName['accel'],
        setup: String(row['setup']),
      },
      kernel: { sha256: String(row['sha256']), release: String(row['release']) },
      outcome: row['outcome'] as Outcome,
      startedMs: Number(row['startedMs']),
      ...(typeof runMs === 'number' ? { runMs } : {}),
      ...(typeof readyMs === 'number' ? { readyMs } : {}),
      ...(start === 'cold' || start === 'warm' ? { start } : {}),
      ...(typeof waited === 'number' ? { waited } : {}),
      path: `${String(row['path'])}/attempt-${Number(row['attempt'])}`,
      side,
    }
  })
  return { name, id, runs, missed: missedIn(index, id), unreadable: [] }
}

/** A campaign of any directory. Throws `UsageError` when it is none, or holds no run. */
export function foreignSide(dir: string): ComparedCampaign {
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`${dir}: there is no such campaign: give a directory, a name, latest or previous`)
  const { read, missed, unreadable } = readCampaignFacts({ name: basename(dir), dir }, new Map())
  if (read.length === 0 && missed.length === 0)
    throw new UsageError(`${dir}: no campaign: no record.json of a finished run below it`)
  const runs = read.map(([facts]): ComparedRun => ({
    ...facts,
    path: `${facts.path}/attempt-${facts.attempt}`,
  }))
  return { name: dir, id: undefined, runs, missed, unreadable }
}
