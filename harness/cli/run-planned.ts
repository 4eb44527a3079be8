/** The runs of `irqlab run`, when all is ready: they are run, shown and reported, and the exit code follows from them. */
import { assert, Interrupted, Trouble } from '../base/errors.ts'
import { EXIT } from '../base/exit-codes.ts'
import { FailureLimit } from '../campaign/failure-limit.ts'
import { exitCodeOf } from '../campaign/outcome.ts'
import type { PlannedRun } from '../campaign/plan.ts'
import { type ReadyKernel, runCampaign } from '../campaign/run-campaign.ts'
import type { KernelSource } from '../image/kernel-source.ts'
import { CampaignResults } from '../record/results-dir.ts'
import type { RunRecord } from '../record/run-record.ts'
import { A_FILE } from '../report/format.ts'
import { campaignJson } from '../report/json.ts'
import { closingLines } from '../report/pretty-report.ts'
import type { Progress } from '../report/progress.ts'
import { lastRecords } from '../report/reported-run.ts'
import {
  askedOf,
  type CampaignParts,
  campaignRequest,
  inCampaign,
  inOpened,
  type OpenCampaign,
  planned,
  sayInterrupted,
} from './campaign-in-hand.ts'
import { campaignReports, isForPeople, reporting } from './campaign-reports.ts'
import type { Preparation } from './preparation.ts'
import type { Terminal } from './program.ts'
import type { ReportTargets } from './report-targets.ts'
import { checkSame, dueOf, lockCampaign, type Resumed } from './resume.ts'
import { listenerFor } from './run-listener.ts'
import type { RunOptions } from './run-options.ts'

/** A plan, and everything that it needs. */
export interface PlanInHand {
  readonly plan: readonly PlannedRun<KernelSource>[]
  readonly jobs: number
  readonly sources: readonly KernelSource[]
  readonly preparation: Preparation
  readonly results: string
  readonly options: RunOptions
  readonly targets: ReportTargets
  readonly seed: number
  readonly terminal: Terminal
  readonly progress: Progress
  /** The campaign to go on with. */
  readonly resumed?: Resumed
}

/** Runs the plan in a directory of its own, or goes on in the one that it has. Gives the exit code. */
export async function runPlanned(hand: PlanInHand): Promise<number> {
  const { resumed, results, plan, options } = hand
  if (resumed === undefined)
    return inCampaign(results, campaignName(plan, options.shard), (open) => runIn(open, hand))
  const lock = await lockCampaign(resumed.campaign.dir)
  try {
    return await inOpened(await CampaignResults.resume(resumed.campaign.dir), (open) => runIn(open, hand))
  } finally {
    await lock.release()
  }
}

async function runIn(open: OpenCampaign, hand: PlanInHand): Promise<number> {
  const { plan, jobs, sources, preparation, results, options, targets, terminal, progress, resumed } = hand
  const runs = plan.map((run) => ({ ...run, kernel: readyKernel(sources, preparation, run.kernel) }))
  if (resumed !== undefined)
    checkSame(
      resumed,
      preparation,
      runs.map(({ kernel }) => kernel),
    )
  // The last attempt of each run that was finished.
  const seen = new Map<string, RunRecord>(resumed?.campaign.last)
  const out = options.json === true ? process.stderr : process.stdout
  const shown = isForPeople(targets.shown) ? targets.shown : undefined
  const due = resumed === undefined ? undefined : dueOf(resumed, runs)
  const reports = await campaignReports(targets, progress)
  let reported: Awaited<ReturnType<typeof reports.end>> | undefined
  try {
    const { retries, keep = false, maxFail } = options
    const failOnKnown = options.failOn === 'known'
    const parts: CampaignParts = {
      ...open,
      runs,
      ...(due === undefined ? {} : { due }),
      host: preparation,
      results,
      options,
      jobs,
      retries,
      keep,
      terminal,
      ...(maxFail === undefined ? {} : { failures: new FailureLimit(maxFail, { failOnKnown }) }),
    }
    const request = await campaignRequest(parts)
    const atWork = due === undefined ? runs : [...due.keys()]
    const listener = listenerFor({ out, progress, seen, runs: atWork, jobs, results, shown })
    await planned(
      request,
      await askedOf(options, hand.seed, terminal),
      () => runCampaign(request, reporting(listener, reports, request)),
      {
        ...(resumed === undefined ? {} : { resumed: resumed.plan }),
        onBegin: (begun) => {
          const toCome = begun.runs.filter((_, at) => due?.has(runs[at] as (typeof runs)[number]))
          const before = resumed === undefined ? [] : [...resumed.campaign.dirs]
          reports.begin(begun, open.dir.dir, before, new Set(toCome.map(({ run }) => run)))
        },
        onEnd: async (ended) => {
          progress.end()
          reported = await reports.end(ended, open.dir.dir)
          for (const trouble of reported.troubles) progress.line(`irqlab: ${trouble}`)
        },
      },
    )
    assert(reported !== undefined, 'a plan that has ended was reported')
    const { campaign, troubles } = reported
    const records = lastRecords(campaign)
    if (shown !== undefined) {
      const place = shown === 'plain' ? A_FILE : { isTTY: out.isTTY, width: out.columns }
      out.write(`${closingLines(campaign, place).join('\n')}\n`)
    }
    if (options.json === true) process.stdout.write(campaignJson(records))
    const code = exitCodeOf(
      records.map(({ outcome }) => outcome),
      { failOnKnown },
    )
    return code === EXIT.good && troubles.length > 0 ? EXIT.broken : code
  } catch (error) {
    if (options.json === true) process.stdout.write(campaignJson([...seen.values()], error))
    if (error instanceof Interrupted) {
      const kept =
        seen.size === 0 ? 'no run was finished' : `${seen.size} of ${runs.length} runs were finished`
      const where = open.dir.committed === 0 ? 'nothing is kept' : `their records are in ${open.dir.dir}`
      sayInterrupted(progress, error, `${kept}, ${where}`)
    }
    throw error
  }
}

function readyKernel(
  sources: readonly KernelSource[],
  preparation: Preparation,
  source: KernelSource,
): ReadyKernel {
  const kernel = preparation.kernels[sources.indexOf(source)]
  if (kernel === undefined) throw new Trouble('image.kernel', `${source.text} was not prepared`)
  return kernel
}

function campaignName(plan: readonly PlannedRun<KernelSource>[], shard: RunOptions['shard']): string {
  const names = [...new Set(plan.map(({ scenario }) => scenario.name))]
  const name = names.length === 1 ? (names[0] ?? 'none') : `${names.length}-scenarios`
  // Parts of one campaign may begin in the same second, and end up in one directory.
  return shard === undefined ? name : `${name}-shard-${shard.index}-of-${shard.of}`
}
