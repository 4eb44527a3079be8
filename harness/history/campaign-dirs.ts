/** Which campaigns lie below a directory of results? Told by their names, or by the plan in them; nothing else is opened. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, UsageError } from '../base/errors.ts'
import { CAMPAIGN_PLAN_FILE } from '../record/campaign-plan.ts'

/** A directory that a campaign left. */
export interface CampaignDir {
  /** Its path below the results, such as `20261122T104612Z-nightly` or `runner-2/20261122T104612Z-nightly`. */
  readonly name: string
  readonly dir: string
}

/** `<utc>-<name>`, as campaigns are called since the first. */
const CAMPAIGN_NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/
/** Whoever gathers the results of several machines puts those of each in a directory. */
const DEPTH_MAX = 3

/** The campaigns, by name. Throws `UsageError` when the directory cannot be read or is a campaign itself. */
export function campaignDirs(results: string): readonly CampaignDir[] {
  if (existsSync(join(results, CAMPAIGN_PLAN_FILE)))
    throw new UsageError(`${results} is a campaign: give the directory that it lies in`)
  try {
    return below(results, '', DEPTH_MAX).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    throw new UsageError(`${results}: it cannot be read: ${messageOf(error)}`)
  }
}

/** When a campaign of this name was begun, in milliseconds of the epoch; undefined where the name does not tell. */
export function startOfName(name: string): number | undefined {
  const found = CAMPAIGN_NAME.exec(name.split('/').at(-1) ?? '')
  if (found === null) return undefined
  const [, year, month, day, hour, minute, second] = found
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(ms) ? undefined : ms
}

function below(dir: string, above: string, depth: number): readonly CampaignDir[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.')) return []
    const path = join(dir, entry.name)
    const isDirectory =
      entry.isDirectory() ||
      (entry.isSymbolicLink() && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    if (!isDirectory) return []
    const name = `${above}${entry.name}`
    if (CAMPAIGN_NAME.test(entry.name) || existsSync(join(path, CAMPAIGN_PLAN_FILE)))
      return [{ name, dir: path }]
    return depth > 1 ? below(path, `${name}/`, depth - 1) : []
  })
}
