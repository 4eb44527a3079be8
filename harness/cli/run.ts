/** `irqlab run`: checks all that was asked for, prepares what is needed, runs the plan, reports, gives the exit code. */
import { randomInt } from 'node:crypto'
import { availableParallelism, totalmem } from 'node:os'
import { resolve } from 'node:path'
import { Interrupted, messageOf, Trouble, UsageError } from '../base/errors.ts'
import { defaultJobs } from '../campaign/default-jobs.ts'
import { exitCodeOf } from '../campaign/outcome.ts'
import { type PlannedRun, planRuns, SEEDS } from '../campaign/plan.ts'
import { type ReadyKernel, runCampaign } from '../campaign/run-campaign.ts'
import { machineOf } from '../guest/machine.ts'
import type { AcceleratorWish } from '../host/accelerator.ts'
import { hostFacts } from '../host/host-facts.ts'
import { openCache } from '../image/cache.ts'
import { type KernelSource, parseKernelSource } from '../image/kernel-source.ts'
import { warmLimitBytes, WarmStore } from '../image/warm-store.ts'
import { CampaignResults, checkResults, DEFAULT_RESULTS } from '../record/results-dir.ts'
import type { RunRecord } from '../record/run-record.ts'
import { paletteFor } from '../report/colour.ts'
import { campaignJson } from '../report/json.ts'
import { campaignLines } from '../report/pretty.ts'
import { Progress } from '../report/progress.ts'
import { dryRunText } from './dry-run.ts'
import { interruptible } from './interruptible.ts'
import { type Preparation, prepare } from './preparation.ts'
import type { Terminal } from './program.ts'
import { listenerFor } from './run-listener.ts'
import type { RunOptions } from './run-options.ts'
import { scenariosNamed } from './scenario-files.ts'

const DEFAULT_KERNEL = 'debian:6.1'

/** Runs the command. Throws `UsageError` before anything is touched; trouble in preparation is `Trouble`. */
export async function runCommand(
  names: readonly string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<number> {
  const scenarios = await scenariosNamed(names)
  const kernels = options.kernel.length > 0 ? options.kernel : [DEFAULT_KERNEL]
  const sources = kernels.map((text) => parseKernelSource(text))
  const machines = options.machine.map((name) => machineOf(name))
  for (const asked of [names, kernels, options.machine]) refuseTwice(asked)
  const results = resolve(options.results ?? DEFAULT_RESULTS)
  checkResults(results)
  warmLimitBytes() // Told now, and not when everything is prepared.
  const seed = options.seed ?? randomInt(SEEDS)
  const plan = planRuns({ scenarios, kernels: sources, machines, repeat: options.repeat, seed })
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
      prepareWithProgress(sources, options.accel, progress),
    ).catch((error: unknown) => {
      if (options.json === true && !(error instanceof UsageError))
        process.stdout.write(campaignJson([], error))
      if (error instanceof Interrupted) sayInterrupted(progress, `${messageOf(error)}; nothing was run`)
      throw error
    })
    return await runPlan({ plan, jobs, sources, preparation, results, options, terminal, progress })
  } finally {
    progress.end()
  }
}

async function prepareWithProgress(
  sources: readonly KernelSource[],
  wish: AcceleratorWish,
  progress: Progress,
): Promise<Preparation> {
  const activity = progress.start('setting up')
  try {
    return await prepare(
      sources,
      wish,
      (line) => progress.line(line),
      (words) => activity.step(words),
    )
  } finally {
    progress.finish(activity)
  }
}

interface PlanInHand {
  readonly plan: readonly PlannedRun<KernelSource>[]
  readonly jobs: number
  readonly sources: readonly KernelSource[]
  readonly preparation: Preparation
  readonly results: string
  readonly options: RunOptions
  readonly terminal: Terminal
  readonly progress: Progress
}

async function runPlan(hand: PlanInHand): Promise<number> {
  const { plan, jobs, sources, preparation, results, options, terminal, progress } = hand
  const runs = plan.map((run) => ({ ...run, kernel: readyKernel(sources, preparation, run.kernel) }))
  const dir = await CampaignResults.make(results, campaignName(plan), new Date())
  // The last attempt of each run that was finished.
  const seen = new Map<string, RunRecord>()
  const out = options.json === true ? process.stderr : process.stdout
  const warm = new WarmStore(openCache())
  const listener = listenerFor({ out, progress, seen, runs, jobs, results })
  try {
    const records = await runCampaign(
      {
        runs,
        guest: preparation.guest,
        qemu: preparation.qemu,
        accelerator: preparation.accelerator,
        host: await hostFacts(),
        results,
        dir,
        append: options.append,
        qemuArgs: options.qemuArg,
        timeoutScale: options.timeoutScale,
        retries: options.retries,
        jobs,
        keep: options.keep ?? false,
        cold: options.cold ?? false,
        warm,
        program: [process.execPath, resolve(import.meta.dirname, '../main.ts')],
        startedAtMs: terminal.startedAtMs,
        signal: terminal.signal,
      },
      listener,
    )
    progress.end()
    out.write(`${campaignLines(records, dir.dir, paletteFor(out)).join('\n')}\n`)
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
      const where = dir.committed === 0 ? 'nothing is kept' : `their records are in ${dir.dir}`
      sayInterrupted(progress, `${messageOf(error)}; ${kept}, ${where}`)
    }
    throw error
  } finally {
    await warm.end()
    await dir.close()
  }
}

function sayInterrupted(progress: Progress, words: string): void {
  progress.end()
  progress.line(`irqlab: ${words}`)
}

/** As asked for, or what this machine bears. */
function jobsFor(plan: readonly PlannedRun<KernelSource>[], options: RunOptions): number {
  const keep = options.keep ?? false
  if (options.jobs !== undefined && !keep) return Math.min(options.jobs, Math.max(1, plan.length))
  return defaultJobs({
    usableCpus: availableParallelism(),
    totalMib: Math.min(totalmem(), process.constrainedMemory()) / 2 ** 20,
    availableMib: process.availableMemory() / 2 ** 20,
    guestMib: Math.max(0, ...plan.map(({ machine }) => machine.memoryMib)),
    runs: plan.length,
    keep,
  })
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

/** The same run twice would be one result; that is what `--repeat` is for. */
function refuseTwice(asked: readonly string[]): void {
  const twice = asked.find((name, at) => asked.indexOf(name) !== at)
  if (twice !== undefined) throw new UsageError(`${JSON.stringify(twice)} is given twice: use --repeat 2`)
}
