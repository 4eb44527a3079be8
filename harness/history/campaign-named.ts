/** Which campaign is meant by a name? A directory, its name below the results or the beginning of one, `latest` or `previous`. */
import type { DatabaseSync } from 'node:sqlite'
import { relative, resolve } from 'node:path'
import { UsageError } from '../base/errors.ts'
import { type KeptCampaign, newestCampaigns } from './campaigns.ts'
import { type ComparedCampaign, foreignSide, keptSide } from './compared-campaign.ts'

/** As many of the newest campaigns are looked through for one that asked what the latest did. */
const LOOKED_THROUGH = 500

/** The campaign. `all`: those of the index that have a run, the oldest first. Throws `UsageError` when it is not there. */
export function campaignNamed(
  index: DatabaseSync,
  text: string,
  results: string,
  all: readonly KeptCampaign[],
): ComparedCampaign {
  if (text === 'latest') return keptSide(index, latestOf(all, results))
  if (text === 'previous') return keptSide(index, previousOf(index, all, results))
  const path = relative(results, resolve(text))
  const exact = all.find(({ name }) => name === text || name === path)
  if (exact !== undefined) return keptSide(index, exact)
  const like = all.filter(({ name }) => name.startsWith(text) || name.endsWith(`/${text}`))
  const [one, another] = like
  if (one !== undefined && another === undefined) return keptSide(index, one)
  if (one !== undefined)
    throw new UsageError(
      `${JSON.stringify(text)} may be ${one.name} or ${another?.name}: give more of the name`,
    )
  return foreignSide(resolve(text))
}

/** The campaigns of the index that have a run, the oldest first: as many as `latest` and `previous` are looked for in. */
export function campaignsToName(index: DatabaseSync): readonly KeptCampaign[] {
  return newestCampaigns(index, 1_000_000)
}

function latestOf(all: readonly KeptCampaign[], results: string): KeptCampaign {
  const latest = all.at(-1)
  if (latest === undefined) throw new UsageError(`${results}: no campaign with a run in it yet`)
  return latest
}

/**
 * The newest campaign before the latest that asked half of what the latest did: a single scenario that somebody ran in
 * between is nothing to compare a night with. Else the newest that asked anything of it.
 */
function previousOf(index: DatabaseSync, all: readonly KeptCampaign[], results: string): KeptCampaign {
  const latest = latestOf(all, results)
  const linesOf = index.prepare('SELECT DISTINCT line FROM run WHERE campaign = ?')
  const asked = new Set(linesOf.all(latest.id).map(({ line }) => Number(line)))
  const before = all.slice(0, -1).slice(-LOOKED_THROUGH).toReversed()
  let other: KeptCampaign | undefined
  for (const campaign of before) {
    const shared = linesOf.all(campaign.id).filter(({ line }) => asked.has(Number(line))).length
    if (shared * 2 >= asked.size) return campaign
    if (shared > 0) other ??= campaign
  }
  if (other === undefined)
    throw new UsageError(`${results}: no campaign before ${latest.name} that asked the same: name one`)
  return other
}
