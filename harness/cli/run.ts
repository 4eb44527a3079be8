/** `irqlab run`: checks all that was asked for, prepares what is needed, runs the plan, reports, gives the exit code. */
import { randomInt } from 'node:crypto'
import { resolve } from 'node:path'
import { Interrupted, UsageError } from '../base/errors.ts'
import { type PlannedRun, planRuns, SEEDS } from '../campaign/plan.ts'
import { machineOf } from '../guest/machine.ts'
import { type GuestSource, MICRO, parseGuestSource } from '../image/guest-source.ts'
import { type KernelSource, OWN_KERNEL, parseKernelSource } from '../image/kernel-source.ts'
import { checkGuest, defaultKernel } from '../image/prepare-guest-image.ts'
import { warmLimitBytes } from '../image/warm-store.ts'
import { checkResults, DEFAULT_RESULTS } from '../record/results-dir.ts'
import { campaignJson } from '../report/json.ts'
import { Progress } from '../report/progress.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { asActivity, jobsFor, sayInterrupted } from './campaign-in-hand.ts'
import { dryRunText } from './dry-run.ts'
import { checkHostUse } from './host-use.ts'
import { interruptible } from './interruptible.ts'
import { partOf } from './part-of-plan.ts'
import { prepare } from './preparation.ts'
import type { Terminal } from './program.ts'
import { removeStale, reportTargets } from './report-targets.ts'
import { readResumed, type Resumed, resultsOf } from './resume.ts'
import type { RunOptions } from './run-options.ts'
import { runPlanned } from './run-planned.ts'
import { scenariosNamed } from './scenario-files.ts'
import { refuseTwice } from './values.ts'

/**
 * Runs the command. `given` are the options that are on the command line, by their names in `RunOptions`. Throws
 * `UsageError` before anything is touched; trouble in preparation is `Trouble`.
 */
export async function runCommand(
  names: readonly string[],
  given: RunOptions,
  terminal: Terminal,
  givenNames: readonly string[] = [],
): Promise<number> {
  const targets = reportTargets(given.reporter, {
    json: given.json,
    isTTY: process.stdout.isTTY,
    env: process.env,
  })
  checkHostUse(given, givenNames)
  if (given.host !== undefined) {
    const { runHostCommand } = await import('./run-host.ts')
    return runHostCommand(names, given, targets, terminal)
  }
  const asked =
    given.resume === undefined
      ? await askedAnew(names, given)
      : askedBefore(await readResumed(names, given, givenNames))
  const { plan, sources, results, options, seed } = asked
  const guest = parseGuestSource(options.guest ?? MICRO.text)
  checkGuest(guest, sources, options)
  checkResults(results)
  warmLimitBytes() // Told now, and not when everything is prepared.
  if (options.keep === true && plan.length > 1) {
    throw new UsageError(`--keep keeps one run, and these are ${plan.length}: name one scenario`)
  }
  const jobs = jobsFor(plan, options)
  if (options.dryRun === true) {
    process.stdout.write(await dryRunText(plan, options, jobs, guest))
    return 0
  }
  removeStale(targets)
  const progress = new Progress(process.stderr)
  try {
    const preparation = await interruptible(
      terminal.signal,
      asActivity(progress, 'setting up', (telling) => prepare(sources, options.accel, telling, guest)),
    ).catch((error: unknown) => {
      if (options.json === true && !(error instanceof UsageError))
        process.stdout.write(campaignJson([], error))
      if (error instanceof Interrupted) sayInterrupted(progress, error, 'nothing was run')
      throw error
    })
    const resumed = asked.resumed === undefined ? {} : { resumed: asked.resumed }
    const parts = { plan, jobs, sources, preparation, results, options, targets, seed, terminal, progress }
    return await runPlanned({ ...parts, ...resumed })
  } finally {
    progress.end()
  }
}

interface AskedRuns {
  readonly plan: readonly PlannedRun<KernelSource>[]
  /** The kernels of the plan: those of other parts are made ready elsewhere. */
  readonly sources: readonly KernelSource[]
  /** Absolute. */
  readonly results: string
  readonly options: RunOptions
  readonly seed: number
  readonly resumed?: Resumed
}

async function askedAnew(names: readonly string[], options: RunOptions): Promise<AskedRuns> {
  const scenarios = await scenariosNamed(names)
  const guest = parseGuestSource(options.guest ?? MICRO.text)
  const asked = (scenario: Scenario) =>
    options.kernel.length > 0 ? options.kernel : kernelsByDefault(scenario, guest)
  const kernels = [...new Set(scenarios.flatMap(({ scenario }) => asked(scenario)))]
  const all = kernels.map((text) => parseKernelSource(text))
  const kernelsFor = (scenario: Scenario) =>
    all.filter((_, at) => asked(scenario).includes(kernels[at] ?? ''))
  const machines = options.machine.map((name) => machineOf(name))
  for (const given of [names, options.kernel, options.machine]) refuseTwice(given)
  const seed = options.seed ?? randomInt(SEEDS)
  const { repeat } = options
  const plan = partOf(planRuns({ scenarios, kernels: all, kernelsFor, machines, repeat, seed }), options)
  const sources = all.filter((source) => plan.some(({ kernel }) => kernel === source))
  return { plan, sources, results: resolve(options.results ?? DEFAULT_RESULTS), options, seed }
}

function askedBefore(resumed: Resumed): AskedRuns {
  const { runs, sources, options, plan } = resumed
  return { plan: runs, sources, results: resultsOf(resumed), options, seed: plan.seed, resumed }
}

/** A regression brings the two kernels that bracket it, unless the guest brings its own. */
function kernelsByDefault({ bracket }: Scenario, guest: GuestSource): readonly string[] {
  const kernel = defaultKernel(guest)
  return bracket === undefined || kernel === OWN_KERNEL ? [kernel] : [bracket.violated, bracket.held]
}
