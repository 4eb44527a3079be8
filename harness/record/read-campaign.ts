/** What was a campaign to do, and what of it is done? Its plan and all its attempts, read from its directory alone. */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { messageOf, UsageError } from '../base/errors.ts'
import { firstIssue } from '../base/first-issue.ts'
import { errnoOf } from '../host/errno.ts'
import {
  CAMPAIGN_PLAN_FILE,
  type CampaignPlan,
  campaignPlanSchema,
  type PlannedRun,
} from './campaign-plan.ts'
import { attemptDirs, readRecord } from './read-records.ts'
import type { RunRecord } from './run-record.ts'

/** A campaign as its directory tells it: one that still runs, one that was killed, or one that has ended. */
export interface Campaign {
  /** Absolute or as it was given. */
  readonly dir: string
  /** `<utc>-<name>`; of a directory without a plan: its own name. */
  readonly name: string
  /** Absent: made before there was campaign.json. Its records are the plan then. */
  readonly plan?: CampaignPlan
  /** Every run that it was to do, in the order of the plan; without a plan: those with a record, as they started. */
  readonly runs: readonly PlannedRun[]
  /** Every finished attempt, in the order of their starts. */
  readonly attempts: readonly RunRecord[]
  /** The directory of each attempt. */
  readonly dirs: ReadonlyMap<RunRecord, string>
  /** The last attempt of each run, by the run's name. */
  readonly last: ReadonlyMap<string, RunRecord>
  /** Runs without a record, in the order of the plan. */
  readonly notRun: readonly PlannedRun[]
}

/**
 * Reads a campaign. Throws `UsageError` when the directory cannot be read or holds neither plan nor record, or one that
 * is damaged or of another version.
 */
export function readCampaign(dir: string): Campaign {
  const plan = readPlan(dir)
  const found = attemptDirs(dir).map((at) => [readRecord(at), at] as const)
  if (plan === undefined && found.length === 0)
    throw new UsageError(
      `${dir}: no ${CAMPAIGN_PLAN_FILE} in it, and no record.json of a finished run below it`,
    )
  return campaignOf(dir, plan, found)
}

/** The campaign that a plan and attempts make. */
export function campaignOf(
  dir: string,
  plan: CampaignPlan | undefined,
  found: readonly (readonly [RunRecord, string])[],
): Campaign {
  const attempts = found.map(([record]) => record).sort(byStart)
  const last = new Map<string, RunRecord>()
  for (const record of attempts)
    if ((last.get(record.run)?.attempts ?? 0) <= record.attempts) last.set(record.run, record)
  const runs = plan?.runs ?? [...last.values()].map(plannedOf)
  return {
    dir,
    name: plan?.campaign ?? basename(dir),
    ...(plan === undefined ? {} : { plan }),
    runs,
    attempts,
    dirs: new Map(found),
    last,
    notRun: runs.filter(({ run }) => !last.has(run)),
  }
}

/** The plan in a directory of a campaign; undefined: none. Throws `UsageError` for one that is damaged. */
export function readPlan(dir: string): CampaignPlan | undefined {
  const file = join(dir, CAMPAIGN_PLAN_FILE)
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    // A path below a file is told by whoever lists the directory.
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined
    throw new UsageError(`${file}: no plan that can be read: ${messageOf(error)}`)
  }
  const { data, error } = campaignPlanSchema.safeParse(value)
  if (error !== undefined)
    throw new UsageError(`${file}: no plan that can be read: ${firstIssue(error, 'plan', value)}`)
  return data
}

function plannedOf({ run, scenario, question, kernel, machine, seed }: RunRecord): PlannedRun {
  const { source, release, sha256, packageVersion } = kernel
  return {
    run,
    scenario,
    question,
    kernel: { source, release, sha256, ...(packageVersion === undefined ? {} : { packageVersion }) },
    machine: machine.name,
    repeat: Number(/-repeat-(\d+)$/.exec(run)?.[1] ?? 1),
    seed,
  }
}

function byStart(a: RunRecord, b: RunRecord): number {
  const [first, second] = [a.timings.startedAt, b.timings.startedAt]
  return first === second ? a.attempts - b.attempts : first < second ? -1 : 1
}
