/** Brings the index up to what lies in the results: changed campaigns are read again, removed ones leave. */
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { type CampaignDir, campaignDirs } from './campaign-dirs.ts'
import { isAsMarked } from './mark.ts'
import { type CampaignFacts, readCampaignFacts } from './read-campaign-facts.ts'
import { campaignWriter } from './write-campaign.ts'

/** What an update found to do. */
export interface Updated {
  readonly campaigns: number
  /** Campaigns that were read, in whole or in part. */
  readonly changed: number
  readonly removed: number
  /** Runs that were read. */
  readonly runs: number
}

/** How far an update is. */
export type TellUpdate = (done: number, of: number, runs: number) => void

/** So many runs are written at once: others wait no longer than that takes, and a reader who is killed loses no more. */
const BATCH = 1000

/** A campaign as the index has it. */
interface KnownCampaign {
  readonly id: number
  readonly marks: readonly (readonly [string, string])[]
}

/**
 * Updates. The campaigns that changed are read one after the other outside of any transaction, and written in batches.
 * Throws what SQLite throws, and `UsageError` when the results cannot be read.
 */
export async function updateIndex(index: DatabaseSync, results: string, tell?: TellUpdate): Promise<Updated> {
  const dirs = campaignDirs(results)
  const known = knownCampaigns(index)
  const there = new Set(dirs.map(({ name }) => name))
  const gone = [...known].filter(([name]) => !there.has(name)).map(([, { id }]) => id)
  const changed = dirs.filter((campaign) => !isUnchanged(campaign, known.get(campaign.name)))
  if (gone.length === 0 && changed.length === 0)
    return { campaigns: dirs.length, changed: 0, removed: 0, runs: 0 }
  const writer = campaignWriter(index)
  let waiting: CampaignFacts[] = []
  let runs = 0
  const write = () => {
    writer.write(waiting)
    waiting = []
  }
  writer.remove(gone)
  for (const [at, campaign] of changed.entries()) {
    const facts = readCampaignFacts(campaign, runMarks(index, known.get(campaign.name)))
    waiting.push(facts)
    runs += facts.read.length
    tell?.(at, changed.length, runs)
    // A signal is heard between two campaigns.
    await setImmediate()
    if (waiting.reduce((sum, { read }) => sum + read.length, 0) >= BATCH) write()
  }
  write()
  if (changed.length > 0 || gone.length > 0) writer.tidy()
  tell?.(changed.length, changed.length, runs)
  return { campaigns: dirs.length, changed: changed.length, removed: gone.length, runs }
}

function knownCampaigns(index: DatabaseSync): ReadonlyMap<string, KnownCampaign> {
  const rows = index.prepare('SELECT id, name, marks FROM campaign').all()
  return new Map(
    rows.map(({ id, name, marks }) => [
      String(name),
      { id: Number(id), marks: JSON.parse(String(marks)) as KnownCampaign['marks'] },
    ]),
  )
}

function isUnchanged({ dir }: CampaignDir, known: KnownCampaign | undefined): boolean {
  return known !== undefined && known.marks.every(([path, mark]) => isAsMarked(join(dir, path), mark))
}

function runMarks(index: DatabaseSync, known: KnownCampaign | undefined): ReadonlyMap<string, string> {
  if (known === undefined) return new Map()
  const rows = index.prepare('SELECT path, mark FROM run WHERE campaign = ?').all(known.id)
  return new Map(rows.map(({ path, mark }) => [String(path), String(mark)]))
}
