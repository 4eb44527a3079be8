/** `irqlab run`: checks all that was asked for, prepares what is needed, runs the plan, reports, gives the exit code. */
import { randomInt } from 'node:crypto'
import { resolve } from 'node:path'
import { Interrupted, Trouble, UsageError } from '../base/errors.ts'
import { exitCodeOf } from '../campaign/outcome.ts'
import { type PlannedRun, planRuns, SEEDS } from '../campaign/plan.ts'
import { type ReadyKernel, runCampaign } from '../campaign/run-campaign.ts'
import { machineOf } from '../guest/machine.ts'
import { type KernelSource, parseKernelSource } from '../image/kernel-source.ts'
import { warmLimitBytes } from '../image/warm-store.ts'
import { checkResults, DEFAULT_RESULTS } from '../record/results-dir.ts'
import type { RunRecord } from '../record/run-record.ts'
import { paletteFor } from '../report/colour.ts'
import { campaignJson } from '../report/json.ts'
import { campaignLines } from '../report/pretty.ts'
import { Progress } from '../report/progress.ts'
import {
  asActivity,
  askedOf,
  campaignRequest,
  inCampaign,
  jobsFor,
  type OpenCampaign,
  planned,
  sayInterrupted,
} from './campaign-in-hand.ts'
import { dryRunText } from './dry-run.ts'
import { interruptible } from './interruptible.ts'
import { type Preparation, prepare } from './preparation.ts'
import type { Terminal } from './program.ts'
import { listenerFor } from './run-listener.ts'
import type { RunOptions } from './run-options.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { type Bracketed, bracketLines } from '../report/bracket-lines.ts'
import { scenariosNamed } from './scenario-files.ts'
import { refuseTwice } from './values.ts'

const DEFAULT_KERNEL = 'debian:6.1'

/** Runs the command. Throws `UsageError` before anything is touched; trouble in preparation is `Trouble`. */
export async function runCommand(
  names: readonly string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<number> {
  const scenarios = await scenariosNamed(names)
  const asked = (scenario: Scenario) =>
    options.kernel.length > 0 ? options.kernel : kernelsByDefault(scenario)
  const kernels = [...new Set(scenarios.flatMap(({ scenario }) => asked(scenario)))]
  const sources = kernels.map((text) => parseKernelSource(text))
  const kernelsFor = (scenario: Scenario) =>
    sources.filter((_, at) => asked(scenario).includes(kernels[at] ?? ''))
  const machines = options.machine.map((name) => machineOf(name))
  for (const given of [names, options.kernel, options.machine]) refuseTwice(given)
  const results = resolve(options.results ?? DEFAULT_RESULTS)
  checkResults(results)
  warmLimitBytes() // Told now, and not when everything is prepared.
  const seed = options.seed ?? randomInt(SEEDS)
  const plan = planRuns({ scenarios, kernels: sources, kernelsFor, machines, repeat: options.repeat, seed })
  if (options.keep === true && plan.length > 1) {
    throw new UsageError(`--keep keeps one run, and these are ${plan.length}: name one scenario`)
  }
  const jobs = jobsFor(plan, options)
  if (options.dryRun === true) {
    process.stdout.write(await dryRunText(plan, options, jobs))
    return 0
  }
  const progress = new Progress(process.stderr)
  try {
    const preparation = await interruptible(
      terminal.signal,
      asActivity(progress, 'setting up', (telling) => prepare(sources, options.accel, telling)),
    ).catch((error: unknown) => {
      if (options.json === true && !(error instanceof UsageError))
        process.stdout.write(campaignJson([], error))
      if (error instanceof Interrupted) sayInterrupted(progress, error, 'nothing was run')
      throw error
    })
    return await runPlan({ plan, jobs, sources, preparation, results, options, seed, terminal, progress })
  } finally {
    progress.end()
  }
}

/** A regression brings the two kernels that bracket it. */
function kernelsByDefault({ bracket }: Scenario): readonly string[] {
  return bracket === undefined ? [DEFAULT_KERNEL] : [bracket.violated, bracket.held]
}

function regressionsOf(plan: readonly PlannedRun<KernelSource>[]): readonly Bracketed[] {
  const scenarios = [...new Set(plan.map(({ scenario }) => scenario))]
  return scenarios.flatMap(({ name, bracket }) => (bracket === undefined ? [] : [{ name, bracket }]))
}

interface PlanInHand {
  readonly plan: readonly PlannedRun<KernelSource>[]
  readonly jobs: number
  readonly sources: readonly KernelSource[]
  readonly preparation: Preparation
  readonly results: string
  readonly options: RunOptions
  readonly seed: number
  readonly terminal: Terminal
  readonly progress: Progress
}

function runPlan(hand: PlanInHand): Promise<number> {
  return inCampaign(hand.results, campaignName(hand.plan), (open) => runIn(open, hand))
}

async function runIn(open: OpenCampaign, hand: PlanInHand): Promise<number> {
  const { plan, jobs, sources, preparation, results, options, terminal, progress } = hand
  const runs = plan.map((run) => ({ ...run, kernel: readyKernel(sources, preparation, run.kernel) }))
  // The last attempt of each run that was finished.
  const seen = new Map<string, RunRecord>()
  const out = options.json === true ? process.stderr : process.stdout
  try {
    const { retries, keep = false } = options
    const parts = { ...open, runs, host: preparation, results, options, jobs, retries, keep, terminal }
    const request = await campaignRequest(parts)
    const records = await planned(request, await askedOf(options, hand.seed, terminal), () =>
      runCampaign(request, listenerFor({ out, progress, seen, runs, jobs, results })),
    )
    progress.end()
    const lines = [
      ...bracketLines(regressionsOf(plan), records),
      ...campaignLines(records, open.dir.dir, paletteFor(out)),
    ]
    out.write(`${lines.join('\n')}\n`)
    if (options.json === true) process.stdout.write(campaignJson(records))
    return exitCodeOf(
      records.map(({ outcome }) => outcome),
      { failOnKnown: options.failOn === 'known' },
    )
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

function campaignName(plan: readonly PlannedRun<KernelSource>[]): string {
  const names = [...new Set(plan.map(({ scenario }) => scenario.name))]
  return names.length === 1 ? (names[0] ?? 'none') : `${names.length}-scenarios`
}
