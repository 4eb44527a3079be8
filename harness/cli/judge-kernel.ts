/** How is one kernel of a bisection judged? It is built, and asked until it fails or has passed often enough. */
import { Trouble, UsageError } from '../base/errors.ts'
import type { Answered, Asking } from '../campaign/bisect/bisect.ts'
import { findingOf, judgementOf } from '../campaign/bisect/judgement.ts'
import { type PlannedScenario, planRuns, SEEDS } from '../campaign/plan.ts'
import { type CampaignListener, type ReadyKernel, runCampaign } from '../campaign/run-campaign.ts'
import type { Machine } from '../guest/machine.ts'
import type { BootableKernel } from '../image/kernel.ts'
import type { GuestImage } from '../image/guest-image.ts'
import type { RunRecord } from '../record/run-record.ts'
import type { Activity, Progress } from '../report/progress.ts'
import { campaignRequest, inCampaign } from './campaign-in-hand.ts'
import { interruptible } from './interruptible.ts'
import type { KernelBuilder } from './kernel-builder.ts'
import { type PreparedHost, withInitrd } from './preparation.ts'
import type { Terminal } from './program.ts'
import type { RunOptions } from './run-options.ts'

/** What every kernel of one bisection is judged with. */
export interface Court {
  readonly builder: KernelBuilder
  /** The user's tree. */
  readonly tree: string
  readonly host: PreparedHost & { readonly guest: GuestImage }
  readonly scenario: PlannedScenario
  readonly machines: readonly Machine[]
  readonly seed: number
  /** The directory that the names of runs begin in. */
  readonly results: string
  /** The bisection's own, below. */
  readonly dir: string
  readonly options: Pick<RunOptions, 'append' | 'qemuArg' | 'timeoutScale'>
  readonly terminal: Terminal
  readonly progress: Progress
}

/** Judges it. Throws `Interrupted`, and `Trouble` that is not this kernel's. */
export async function judgeKernel(court: Court, asking: Asking): Promise<Answered> {
  const { commit, step, why } = asking
  const { progress, terminal, host } = court
  const activity = progress.start(`step ${step}, ${commit.sha.slice(0, 12)} (${why})`)
  const started = performance.now()
  try {
    const built = await interruptible(terminal.signal, buildOf(court, commit.sha, activity))
    const buildMs = performance.now() - started
    if (typeof built === 'string')
      return { finding: 'unbuildable', passes: 0, fails: 0, reason: built, records: [], buildMs }
    const kernel = await withInitrd(built, host.guest, (line) => progress.line(line))
    const ready = { ...kernel, label: commit.sha.slice(0, 12) }
    const name = `${String(step).padStart(2, '0')}-${commit.sha.slice(0, 12)}`
    const records = await inCampaign(court.dir, name, async (open) => {
      const request = await campaignRequest({
        ...court,
        ...open,
        options: COLD(court),
        runs: [],
        jobs: 1,
        retries: 1,
      })
      return runsOf(asking, (nth) =>
        runCampaign(
          { ...request, runs: planOf(court, ready, nth) },
          listener(activity, progress, nth, asking),
        ),
      )
    })
    const judgement = judgementOf(records)
    if (judgement === undefined) throw new Trouble('bisect.run', `${commit.sha} was not run`)
    return { ...judgement, buildMs, records: records.map(pathOf) }
  } finally {
    progress.finish(activity)
  }
}

/** Where a build can fail by what the commit holds. */
const ITS_OWN: ReadonlySet<string> = new Set(['build.compile', 'build.config'])

/** The kernel, or why it cannot be built: that is this commit's matter, while a full disk is not. */
async function buildOf(court: Court, sha: string, activity: Activity): Promise<BootableKernel | string> {
  activity.step('building')
  try {
    return await court.builder.build(
      `tree:${court.tree},commit=${sha}`,
      [],
      (words) => activity.step(words),
      (line) => court.progress.line(line),
    )
  } catch (error) {
    const isItsOwn = error instanceof UsageError || (error instanceof Trouble && ITS_OWN.has(error.stage))
    if (isItsOwn) return error.message
    throw error
  }
}

/** Every kernel boots for each of its runs: to boot is part of what it is asked. */
const COLD = ({ options }: Court) => ({ ...options, cold: true })

/** Runs it until it fails or cannot tell, or as often as asked. */
async function runsOf(
  asking: Asking,
  run: (nth: number) => Promise<readonly RunRecord[]>,
): Promise<readonly RunRecord[]> {
  const records: RunRecord[] = []
  for (let nth = 1; nth <= asking.runs; nth++) {
    const made = await run(nth + asking.runsBefore)
    records.push(...made)
    const findings = made.map((record) => findingOf(record))
    if (findings.some((finding) => finding !== 'good' && !(finding === 'bad' && asking.all))) break
  }
  return records
}

/** The same run of each kernel makes the same choices; another run of a kernel makes others. */
function planOf(court: Court, kernel: ReadyKernel, nth: number): ReturnType<typeof planRuns<ReadyKernel>> {
  const { scenario, machines, seed } = court
  const one = {
    scenarios: [scenario],
    kernels: [kernel],
    machines,
    repeat: 1,
    seed: (seed + nth - 1) % SEEDS,
  }
  return planRuns(one).map((run) => ({ ...run, repeat: nth }))
}

function listener(activity: Activity, progress: Progress, nth: number, asking: Asking): CampaignListener {
  const last = asking.runs + asking.runsBefore
  return {
    onRunStart: (_, attempt) =>
      activity.step(`run ${nth} of ${last}${attempt > 1 ? `, attempt ${attempt}` : ''}`),
    onProgress: (_, words) => activity.step(`run ${nth} of ${last}: ${words}`),
    onNote: (_, words) => progress.line(words),
    onRunEnd: () => undefined,
    onKept: () => undefined,
  }
}

function pathOf({ run, attempts }: RunRecord): string {
  return `${run}/attempt-${attempts}/record.json`
}
