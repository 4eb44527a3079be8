/** `irqlab run --resume CAMPAIGN`: what was it asked, what of it is left, and is all that it was asked of still the same? */
import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { Trouble, UsageError } from '../base/errors.ts'
import { type PlannedRun, type PlannedScenario, planRuns } from '../campaign/plan.ts'
import type { CampaignRequest, ReadyKernel } from '../campaign/run-campaign.ts'
import { machineOf } from '../guest/machine.ts'
import { type Flock, holdFlock } from '../host/flock.ts'
import { irqlabVersion } from '../host/irqlab-version.ts'
import { stillRuns } from '../host/process-identity.ts'
import { type KernelSource, parseKernelSource } from '../image/kernel-source.ts'
import type { CampaignPlan } from '../record/campaign-plan.ts'
import { type Campaign, readCampaign } from '../record/read-campaign.ts'
import { DEFAULT_RESULTS } from '../record/results-dir.ts'
import type { Preparation } from './preparation.ts'
import type { RunOptions } from './run-options.ts'
import { scenariosNamed } from './scenario-files.ts'

/** What may be said anew with `--resume`; all else is as the campaign was asked. */
const FREE: ReadonlySet<string> = new Set([
  'resume',
  'reporter',
  'json',
  'jobs',
  'retries',
  'results',
  'maxFail',
  'dryRun',
])
/** Whoever holds the lock holds it for as long as the campaign takes: no use to wait. */
const LOCK_LIMIT_MS = 1500

/** A campaign to go on with. */
export interface Resumed {
  readonly campaign: Campaign
  readonly plan: CampaignPlan
  /** All of its runs, in the order of its plan. */
  readonly runs: readonly PlannedRun<KernelSource>[]
  readonly sources: readonly KernelSource[]
  /** As it was asked, but for what is said anew. */
  readonly options: RunOptions
}

/**
 * Reads the campaign. `given` are the names and options on the command line beside it. Throws `UsageError` when it cannot
 * be gone on with, and names what differs.
 */
export async function readResumed(
  names: readonly string[],
  options: RunOptions,
  given: readonly string[],
): Promise<Resumed> {
  const named = options.resume ?? ''
  const also = [...names, ...given.filter((one) => !FREE.has(one)).map(dashed)][0]
  if (also !== undefined)
    throw new UsageError(
      `--resume ${named}: it goes on with what the campaign was asked, so leave out ${also}`,
    )
  const campaign = readCampaign(dirOf(named, options.results))
  const { plan } = campaign
  if (plan === undefined)
    throw new UsageError(
      `--resume ${named}: it is older than campaign.json, and nobody knows what it was to do`,
    )
  if (plan.host !== undefined)
    throw new UsageError(
      `--resume ${named}: it asked ${plan.host.destination}, a machine that is not ours; run it anew`,
    )
  if (basename(campaign.dir) !== plan.campaign)
    throw new UsageError(
      `--resume ${named}: it was ${plan.campaign}; its records have that name, so call it that again`,
    )
  if (plan.process !== undefined && plan.endedAt === undefined && stillRuns(plan.process))
    throw new UsageError(`--resume ${named}: it still runs, as process ${plan.process.pid}`)
  const now = await irqlabVersion()
  if (plan.irqlab !== now)
    throw new UsageError(
      `--resume ${named}: it was run by irqlab ${shown(plan.irqlab)}, and this is ${shown(now)}: check that out, or run all of it anew`,
    )
  const sources = [...new Set(plan.runs.map(({ kernel }) => kernel.source))].map((text) =>
    parseKernelSource(text),
  )
  const scenarios = await scenariosNamed([...new Set(plan.runs.map(({ scenario }) => scenario))])
  return {
    campaign,
    plan,
    sources,
    runs: runsOf(plan, scenarios, sources),
    options: asAsked(plan, options, given),
  }
}

/** The plan again: with the same irqlab and options it comes out the same, and a shard is picked from it by name. */
function runsOf(
  plan: CampaignPlan,
  scenarios: readonly PlannedScenario[],
  sources: readonly KernelSource[],
): readonly PlannedRun<KernelSource>[] {
  const { machines = [], repeat = 1 } = plan.options
  const all = planRuns({
    scenarios,
    kernels: sources,
    machines: machines.map((name) => machineOf(name)),
    repeat,
    seed: plan.seed,
  })
  return plan.runs.map((one) => {
    const found = all.find(
      ({ scenario, kernel, machine, repeat: nth, seed }) =>
        scenario.name === one.scenario &&
        kernel.text === one.kernel.source &&
        machine.name === one.machine &&
        nth === one.repeat &&
        seed === one.seed,
    )
    if (found === undefined)
      throw new UsageError(
        `--resume ${plan.campaign}: this irqlab does not plan ${one.run} any more: run all of it anew`,
      )
    return found
  })
}

function asAsked(
  { options: was, seed, shard }: CampaignPlan,
  options: RunOptions,
  given: readonly string[],
): RunOptions {
  const maxFail = given.includes('maxFail') ? options.maxFail : was.maxFail
  const { maxFail: _, failOn: __, ...rest } = options
  return {
    ...rest,
    ...(was.guest === undefined ? {} : { guest: was.guest }),
    machine: was.machines ?? [],
    append: was.append,
    qemuArg: was.qemuArgs,
    repeat: was.repeat ?? 1,
    accel: was.accel,
    seed,
    cold: was.cold,
    timeoutScale: was.timeoutScale,
    ...(was.soakSeconds === undefined ? {} : { soak: was.soakSeconds }),
    retries: given.includes('retries') ? options.retries : was.retries,
    ...(was.failOnKnown ? { failOn: 'known' as const } : {}),
    ...(maxFail === undefined ? {} : { maxFail }),
    ...(shard === undefined ? {} : { shard }),
  }
}

/**
 * What is left of it, with the attempts each has had: runs without a record, and those that broke and may be tried again.
 * `runs` are in the order of its plan.
 */
export function dueOf(
  { campaign, options }: Resumed,
  runs: CampaignRequest['runs'],
): NonNullable<CampaignRequest['due']> {
  return new Map(
    runs.flatMap((run, at) => {
      const last = campaign.last.get(campaign.runs[at]?.run ?? '')
      if (last === undefined) return [[run, 0] as const]
      return last.outcome === 'broken' && last.attempts <= options.retries
        ? [[run, last.attempts] as const]
        : []
    }),
  )
}

/** Throws `UsageError` when a kernel, QEMU or the accelerator is another than it was: one campaign would ask two things. */
export function checkSame(
  { plan }: Resumed,
  preparation: Preparation,
  kernels: readonly ReadyKernel[],
): void {
  const differs = (what: string, was: string, is: string) =>
    new UsageError(
      `--resume ${plan.campaign}: ${what} was ${was}, and is ${is} now: bring that back, or run all of it anew`,
    )
  for (const { kernel } of plan.runs) {
    const now = kernels.find(({ source }) => source === kernel.source)
    if (now === undefined || kernel.sha256 === undefined || now.sha256 === kernel.sha256) continue
    throw differs(kernel.source, calledKernel(kernel), calledKernel(now))
  }
  const { accelerator, qemu } = preparation
  if (plan.accel === undefined) return
  if (plan.accel.used !== accelerator.name)
    throw differs('the accelerator', plan.accel.used, accelerator.name)
  if (plan.accel.qemu !== qemu.version.text) throw differs('QEMU', plan.accel.qemu, qemu.version.text)
}

/** Ours alone until it is released. Throws `Trouble` when another irqlab goes on with it. */
export async function lockCampaign(dir: string): Promise<Flock> {
  try {
    return await holdFlock(dir, 'results.resume', LOCK_LIMIT_MS)
  } catch (error) {
    throw new Trouble('results.resume', `another irqlab is at work in ${dir}`, {
      lasting: true,
      cause: error,
    })
  }
}

/** A directory, or a name below the results. */
function dirOf(named: string, results: string = DEFAULT_RESULTS): string {
  const below = join(resolve(results), named)
  return resolve(existsSync(resolve(named)) || !existsSync(below) ? named : below)
}

function calledKernel(kernel: {
  readonly release: string
  readonly sha256?: string | undefined
  readonly packageVersion?: string | undefined
}): string {
  const { release, packageVersion, sha256 = '' } = kernel
  return `${release} (${packageVersion ?? `sha256 ${sha256.slice(0, 12)}`})`
}

/** A commit in so many digits as one writes it, with what is behind it. */
function shown(version: string): string {
  return version.replace(/^([0-9a-f]{12})[0-9a-f]{28}/, '$1')
}

function dashed(option: string): string {
  return `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** The parent of a campaign's directory: names of runs begin there. */
export function resultsOf({ campaign }: Resumed): string {
  return dirname(campaign.dir)
}
