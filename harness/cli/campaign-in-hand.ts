/** What `run`, `try` and `bisect` do alike with a campaign: open its directory, put its request together, close all of it again. */
import { availableParallelism, totalmem } from 'node:os'
import { resolve } from 'node:path'
import { type AskedOfIrqlab, composePlan } from '../campaign/compose-plan.ts'
import { defaultJobs } from '../campaign/default-jobs.ts'
import type { FailureLimit } from '../campaign/failure-limit.ts'
import type { PlannedRun } from '../campaign/plan.ts'
import type { CampaignRequest, ReadyKernel } from '../campaign/run-campaign.ts'
import { hostFacts } from '../host/host-facts.ts'
import { irqlabVersion } from '../host/irqlab-version.ts'
import { openCache } from '../image/cache.ts'
import type { GuestImage } from '../image/guest-image.ts'
import { WarmStore } from '../image/warm-store.ts'
import type { CampaignPlan } from '../record/campaign-plan.ts'
import { CampaignResults } from '../record/results-dir.ts'
import { Interrupted, messageOf, Trouble } from '../base/errors.ts'
import type { Progress } from '../report/progress.ts'
import type { PreparedHost, Telling } from './preparation.ts'
import type { Terminal } from './program.ts'
import type { RunOptions } from './run-options.ts'

/** A campaign's directory, and where its snapshots are. */
export interface OpenCampaign {
  readonly dir: CampaignResults
  readonly warm: WarmStore
}

/** Makes `<parent>/<utc>-<name>` for the time of `work`; whatever that ends with, nothing half-made is left. */
export async function inCampaign<T>(
  parent: string,
  name: string,
  work: (open: OpenCampaign) => Promise<T>,
): Promise<T> {
  return inOpened(await CampaignResults.make(parent, name, new Date()), work)
}

/** The same with a campaign's directory that is there already. */
export async function inOpened<T>(
  dir: CampaignResults,
  work: (open: OpenCampaign) => Promise<T>,
): Promise<T> {
  const warm = new WarmStore(openCache())
  try {
    return await work({ dir, warm })
  } finally {
    await warm.end()
    await dir.close()
  }
}

/** What a campaign's request is put together from. */
export interface CampaignParts extends OpenCampaign {
  readonly runs: readonly PlannedRun<ReadyKernel>[]
  readonly due?: CampaignRequest['due']
  readonly host: PreparedHost & { readonly guest: GuestImage }
  /** The directory that the names of runs begin in. */
  readonly results: string
  readonly options: Pick<RunOptions, 'append' | 'qemuArg' | 'timeoutScale' | 'cold' | 'soak'>
  readonly jobs: number
  readonly retries: number
  readonly failures?: FailureLimit
  readonly keep?: boolean
  readonly terminal: Terminal
}

/** The request. */
export async function campaignRequest(parts: CampaignParts): Promise<CampaignRequest> {
  const { runs, host, results, options, jobs, retries, keep = false, terminal, dir, warm } = parts
  return {
    runs,
    ...(parts.due === undefined ? {} : { due: parts.due }),
    guest: host.guest,
    qemu: host.qemu,
    accelerator: host.accelerator,
    host: await hostFacts(),
    results,
    dir,
    append: options.append,
    qemuArgs: options.qemuArg,
    timeoutScale: options.timeoutScale,
    ...(options.soak === undefined ? {} : { soakSeconds: options.soak }),
    retries,
    ...(parts.failures === undefined ? {} : { failures: parts.failures }),
    jobs,
    keep,
    cold: options.cold ?? false,
    warm,
    program: [process.execPath, resolve(import.meta.dirname, '../main.ts')],
    startedAtMs: terminal.startedAtMs,
    signal: terminal.signal,
  }
}

/** Who wants to know of a plan, and what it goes on with. */
export interface PlanWatch {
  /** The plan of the campaign that is resumed. */
  readonly resumed?: CampaignPlan
  /** It is written, and work begins. */
  readonly onBegin?: (plan: CampaignPlan) => void
  /** Work has ended in whatever way. */
  readonly onEnd?: (plan: CampaignPlan) => Promise<void>
}

/**
 * Does `work` between writing the campaign's plan and writing that it has ended, and by what. Throws what `work` throws,
 * and `Trouble` when the plan cannot be written.
 */
export async function planned<T extends readonly unknown[]>(
  request: CampaignRequest,
  asked: AskedOfIrqlab,
  work: () => Promise<T>,
  { resumed, ...watch }: PlanWatch = {},
): Promise<T> {
  const due = request.due?.size ?? request.runs.length
  return withPlan(request.dir, composePlan(request, asked, resumed), due, work, watch)
}

/** The same with a plan that is written already; `due`: so many runs are to be done. */
export async function withPlan<T extends readonly unknown[]>(
  dir: CampaignResults,
  plan: CampaignPlan,
  due: number,
  work: () => Promise<T>,
  { onBegin, onEnd }: Omit<PlanWatch, 'resumed'>,
): Promise<T> {
  await keepPlan(dir, plan)
  onBegin?.(plan)
  const ended = (endedBy?: string): CampaignPlan => {
    return { ...plan, endedAt: new Date().toISOString(), ...(endedBy === undefined ? {} : { endedBy }) }
  }
  try {
    const done = await work()
    const end = ended(done.length === due ? undefined : `--max-fail ${plan.options.maxFail ?? ''}`)
    await keepPlan(dir, end)
    await onEnd?.(end)
    return done
  } catch (error) {
    const end = ended(error instanceof Interrupted ? error.signal : messageOf(error))
    // What ended the campaign is told; that a full disk does not take this, too, is no news.
    await keepPlan(dir, end).catch(() => undefined)
    await onEnd?.(end)
    throw error
  }
}

async function keepPlan(dir: CampaignResults, plan: CampaignPlan): Promise<void> {
  try {
    await dir.keepPlan(plan)
  } catch (error) {
    throw new Trouble('results', `Cannot write the plan into ${dir.dir}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/** What a plan says of what was asked of `run` or `try`. */
export async function askedOf(
  options: Pick<RunOptions, 'accel' | 'machine' | 'repeat' | 'failOn' | 'maxFail' | 'shard'>,
  seed: number,
  { args }: Terminal,
): Promise<AskedOfIrqlab> {
  return {
    irqlab: await irqlabVersion(),
    command: args,
    startedAt: new Date(),
    accel: options.accel,
    machines: options.machine,
    repeat: options.repeat,
    failOnKnown: options.failOn === 'known',
    ...(options.maxFail === undefined ? {} : { maxFail: options.maxFail }),
    ...(options.shard === undefined ? {} : { shard: options.shard }),
    seed,
  }
}

/** As many runs side by side as were asked for, or as this machine bears. */
export function jobsFor<Kernel>(
  plan: readonly PlannedRun<Kernel>[],
  { jobs, keep = false }: Pick<RunOptions, 'jobs' | 'keep'>,
): number {
  if (jobs !== undefined && !keep) return Math.min(jobs, Math.max(1, plan.length))
  return defaultJobs({
    usableCpus: availableParallelism(),
    totalMib: Math.min(totalmem(), process.constrainedMemory()) / 2 ** 20,
    availableMib: process.availableMemory() / 2 ** 20,
    guestMib: Math.max(0, ...plan.map(({ machine }) => machine.memoryMib)),
    runs: plan.length,
    keep,
  })
}

/** Does `work` as one activity, which is told how far it is. */
export async function asActivity<T>(
  progress: Progress,
  title: string,
  work: (telling: Telling) => Promise<T>,
): Promise<T> {
  const activity = progress.start(title)
  try {
    return await work({ report: (line) => progress.line(line), step: (words) => activity.step(words) })
  } finally {
    progress.finish(activity)
  }
}

/** The last words after a signal: what ended us, and what is kept. */
export function sayInterrupted(progress: Progress, interruption: unknown, kept: string): void {
  progress.end()
  progress.line(`irqlab: ${messageOf(interruption)}; ${kept}`)
}
