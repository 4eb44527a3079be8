/** Which campaigns does the index hold, and what could it not read of them? */
import type { DatabaseSync } from 'node:sqlite'
import type { MissedRun, Unreadable } from './read-campaign-facts.ts'

/** A campaign. Times in milliseconds of the epoch. */
export interface KeptCampaign {
  /** The index's number. */
  readonly id: number
  /** Its directory below the results. */
  readonly name: string
  readonly startedMs: number
  /** Absent: it still runs, was killed, or nobody wrote it down. */
  readonly endedMs: number | undefined
  readonly endedBy: string | undefined
  /** Runs that it was to do; undefined: nobody wrote that down. */
  readonly planned: number | undefined
}

const COLUMNS = 'id, name, startedMs, endedMs, endedBy, planned'

/** All campaigns, the oldest first. */
export function campaignsIn(index: DatabaseSync): readonly KeptCampaign[] {
  return index.prepare(`SELECT ${COLUMNS} FROM campaign ORDER BY startedMs, name`).all().map(keptCampaign)
}

/** The newest campaigns that have a run, the oldest of them first. */
export function newestCampaigns(index: DatabaseSync, limit: number, sinceMs = 0): readonly KeptCampaign[] {
  return index
    .prepare(
      `SELECT ${COLUMNS} FROM campaign WHERE startedMs >= ? AND EXISTS (SELECT 1 FROM run WHERE campaign = campaign.id)
       ORDER BY startedMs DESC, name DESC LIMIT ?`,
    )
    .all(sinceMs, limit)
    .map(keptCampaign)
    .toReversed()
}

/** Runs that a campaign was to do and that left no record. */
export function missedIn(index: DatabaseSync, campaign: number): readonly MissedRun[] {
  return index
    .prepare('SELECT scenario, kernel, machine FROM missed WHERE campaign = ?')
    .all(campaign)
    .map((row) => ({
      scenario: String(row['scenario']),
      kernel: String(row['kernel']),
      machine: String(row['machine']),
    }))
}

/** What could not be read, with the path below the results. */
export function unreadableIn(index: DatabaseSync): readonly Unreadable[] {
  return index
    .prepare(
      `SELECT campaign.name || '/' || unreadable.path AS path, why FROM unreadable
       JOIN campaign ON campaign.id = unreadable.campaign ORDER BY campaign.startedMs DESC, unreadable.path`,
    )
    .all()
    .map(({ path, why }) => ({ path: String(path), why: String(why) }))
}

function keptCampaign(row: Record<string, unknown>): KeptCampaign {
  const numberOr = (value: unknown) => (typeof value === 'number' ? value : undefined)
  return {
    id: Number(row['id']),
    name: String(row['name']),
    startedMs: Number(row['startedMs']),
    endedMs: numberOr(row['endedMs']),
    endedBy: typeof row['endedBy'] === 'string' ? row['endedBy'] : undefined,
    planned: numberOr(row['planned']),
  }
}
