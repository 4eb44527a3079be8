/** What does a campaign's directory hold by now? Only runs whose directories changed since they were read are read again. */
import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../base/errors.ts'
import { errnoOf } from '../host/errno.ts'
import { CAMPAIGN_PLAN_FILE, type CampaignPlan } from '../record/campaign-plan.ts'
import { readPlan } from '../record/read-campaign.ts'
import { type CampaignDir, startOfName } from './campaign-dirs.ts'
import { markOf } from './mark.ts'
import { type NeededRecord, readAttempt, type RunFacts, runFacts } from './run-facts.ts'

/** A run that was planned and has no record. */
export interface MissedRun {
  readonly scenario: string
  readonly kernel: string
  readonly machine: string
}

/** A file that should tell something and does not. */
export interface Unreadable {
  readonly path: string
  readonly why: string
}

/** All of a campaign, for the index. */
export interface CampaignFacts {
  readonly name: string
  readonly startedMs: number
  readonly endedMs?: number
  readonly endedBy?: string
  /** The runs that it was to do; absent: nobody wrote that down. */
  readonly planned?: number
  readonly missed: readonly MissedRun[]
  /** Runs that are new or changed, each with the mark of its directory. */
  readonly read: readonly (readonly [RunFacts, string])[]
  /** Paths of the runs that are as they were. */
  readonly kept: ReadonlySet<string>
  readonly unreadable: readonly Unreadable[]
  /** Marks by path below the campaign: while all of them stay, nothing is new. */
  readonly places: readonly (readonly [string, string])[]
}

const ATTEMPT = /^attempt-(\d+)$/

/** Reads the campaign. `known` are marks of runs that need not be read again, by their paths. */
export function readCampaignFacts(
  { name, dir }: CampaignDir,
  known: ReadonlyMap<string, string>,
): CampaignFacts {
  const places: (readonly [string, string])[] = []
  const unreadable: Unreadable[] = []
  // Marks are made before what they stand for is read: what changes meanwhile is read again.
  const mark = (path: string): string => {
    const made = markOf(join(dir, path))
    places.push([path, made])
    return made
  }
  mark(CAMPAIGN_PLAN_FILE)
  const plan = planOr(dir, unreadable)
  const read: (readonly [RunFacts, string])[] = []
  const kept = new Set<string>()
  /** Where an attempt was begun, and none is finished. */
  const unfinished = new Set<string>()
  const paths = runPaths(dir, mark)
  for (const path of paths) {
    const made = mark(path)
    const before = known.get(path)
    if (before !== undefined && before !== '' && before === made) {
      kept.add(path)
      continue
    }
    const damaged = unreadable.length
    const facts = readRun(dir, path, unreadable)
    if (facts !== undefined) read.push([facts, made])
    else if (unreadable.length === damaged) unfinished.add(path)
  }
  // Somebody may put right what cannot be read, without a trace in any directory.
  for (const { path } of unreadable) mark(path)
  const isAtRest = plan?.endedAt !== undefined && unreadable.length === 0
  const starts = read.map(([{ startedMs }]) => startedMs)
  return {
    name,
    startedMs:
      timeOf(plan?.startedAt) ?? startOfName(name) ?? starts.reduce((a, b) => Math.min(a, b), Date.now()),
    ...(plan?.endedAt === undefined ? {} : { endedMs: timeOf(plan.endedAt) ?? 0 }),
    ...(plan?.endedBy === undefined ? {} : { endedBy: plan.endedBy }),
    ...(plan === undefined ? {} : { planned: plan.runs.length }),
    missed: missedOf(plan, new Set(paths.filter((path) => !unfinished.has(path)))),
    read,
    kept,
    unreadable,
    // In a campaign that has ended nothing is added: its own directory and its plan tell of removal and of `--resume`.
    places: isAtRest ? places.filter(([path]) => path === '' || path === CAMPAIGN_PLAN_FILE) : places,
  }
}

function planOr(dir: string, unreadable: Unreadable[]): CampaignPlan | undefined {
  try {
    return readPlan(dir)
  } catch (error) {
    unreadable.push({
      path: CAMPAIGN_PLAN_FILE,
      why: messageOf(error).replace(`${join(dir, CAMPAIGN_PLAN_FILE)}: `, ''),
    })
    return undefined
  }
}

/** `<scenario>/<kernel>/<machine>` of everything that looks like a run. */
function runPaths(dir: string, mark: (path: string) => string): readonly string[] {
  let level = ['']
  for (let depth = 0; depth < 3; depth++) {
    level = level.flatMap((path) => {
      mark(path)
      return directoriesIn(join(dir, path)).map((name) => (path === '' ? name : `${path}/${name}`))
    })
  }
  return level
}

function directoriesIn(dir: string): readonly string[] {
  return entries(dir)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
}

/** Nothing where it has gone meanwhile. */
function entries(dir: string): readonly Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return []
    throw error
  }
}

/** Undefined when no attempt is finished, or when the last one cannot be read: the one before is not what the run came to. */
function readRun(dir: string, path: string, unreadable: Unreadable[]): RunFacts | undefined {
  const attempts = directoriesIn(join(dir, path))
    .flatMap((name) => {
      const number = ATTEMPT.exec(name)?.[1]
      return number === undefined ? [] : [{ name, number: Number(number) }]
    })
    .toSorted((a, b) => a.number - b.number)
  const records: NeededRecord[] = []
  let isLastRead = false
  for (const { name } of attempts) {
    const at = `${path}/${name}`
    const attempt = readAttempt(join(dir, at))
    isLastRead = attempt !== undefined && 'record' in attempt
    if (attempt === undefined) unreadable.push({ path: `${at}/record.json`, why: 'it is not there' })
    else if ('record' in attempt) records.push(attempt.record)
    else unreadable.push({ path: `${at}/record.json`, why: attempt.why })
  }
  const [first, ...rest] = records
  return first === undefined || !isLastRead ? undefined : runFacts(path, [first, ...rest])
}

/** Runs of the plan that left nothing at `paths`. */
function missedOf(plan: CampaignPlan | undefined, paths: ReadonlySet<string>): readonly MissedRun[] {
  return (plan?.runs ?? []).flatMap(({ run, scenario, kernel, machine }) => {
    const path = run.split('/').slice(-3).join('/')
    return paths.has(path) ? [] : [{ scenario, kernel: kernel.source, machine }]
  })
}

function timeOf(text: string | undefined): number | undefined {
  const ms = text === undefined ? NaN : Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}
