/** `irqlab try`: what does a patch change? Builds a kernel without and with it, asks both the same, and compares. */
import { randomInt } from 'node:crypto'
import { renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Interrupted, UsageError } from '../base/errors.ts'
import { type Comparison, compare, exitCodeOfComparison } from '../campaign/comparison.ts'
import { type PlannedScenario, planRuns, SEEDS } from '../campaign/plan.ts'
import { type CampaignListener, type ReadyKernel, runCampaign } from '../campaign/run-campaign.ts'
import { type Machine, machineOf } from '../guest/machine.ts'
import { warmLimitBytes } from '../image/warm-store.ts'
import { checkResults, DEFAULT_RESULTS } from '../record/results-dir.ts'
import type { RunRecord } from '../record/run-record.ts'
import { paletteFor } from '../report/colour.ts'
import { comparisonLines } from '../report/comparison.ts'
import { campaignJson } from '../report/json.ts'
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
import { interruptible } from './interruptible.ts'
import type { KernelBuilder } from './kernel-builder.ts'
import { type PreparedHost, prepareGuest, prepareHost, type Telling, withInitrd } from './preparation.ts'
import type { Terminal } from './program.ts'
import { listenerFor } from './run-listener.ts'
import { scenariosNamed } from './scenario-files.ts'
import type { TryOptions } from './try-options.ts'
import { refuseTwice } from './values.ts'

/** What is asked, before anything is built. */
interface Asked {
  readonly scenarios: readonly PlannedScenario[]
  readonly machines: readonly Machine[]
  readonly patches: readonly string[]
  readonly results: string
  readonly seed: number
}

/** Runs the command. Throws `UsageError` before anything is built; what does not compile is `Trouble`. */
export async function tryCommand(
  names: readonly string[],
  options: TryOptions,
  terminal: Terminal,
  builder: KernelBuilder,
  named: typeof scenariosNamed = scenariosNamed,
): Promise<number> {
  const asked = await checked(await named(names), names, options)
  builder.check(options.base, asked.patches)
  const progress = new Progress(process.stderr)
  try {
    const ready = await interruptible(
      terminal.signal,
      asActivity(progress, 'setting up', (telling) => bothKernels(asked, options, builder, telling)),
    ).catch((error: unknown) => {
      if (options.json === true && !(error instanceof UsageError))
        process.stdout.write(campaignJson([], error))
      if (error instanceof Interrupted)
        sayInterrupted(
          progress,
          error,
          'nothing was run; what was built is kept: give the same command again',
        )
      throw error
    })
    return await inCampaign(asked.results, 'try', (open) =>
      runBoth(open, { asked, ready, options, terminal, progress }),
    )
  } finally {
    progress.end()
  }
}

async function checked(
  scenarios: readonly PlannedScenario[],
  names: readonly string[],
  options: TryOptions,
): Promise<Asked> {
  const machines = options.machine.map((name) => machineOf(name))
  for (const list of [names, options.machine]) refuseTwice(list)
  if (options.patch.length === 0) throw new UsageError('give the patch to try: --patch FILE')
  const patches = options.patch.map((file) => resolve(file))
  const results = resolve(options.results ?? DEFAULT_RESULTS)
  checkResults(results)
  warmLimitBytes() // Told now, and not when everything is prepared.
  return { scenarios, machines, patches, results, seed: options.seed ?? randomInt(SEEDS) }
}

/** Both kernels, and what they run on. */
interface Ready {
  readonly host: PreparedHost & Awaited<ReturnType<typeof prepareGuest>>
  readonly base: ReadyKernel
  readonly patched: ReadyKernel
}

async function bothKernels(
  asked: Asked,
  options: TryOptions,
  builder: KernelBuilder,
  telling: Telling,
): Promise<Ready> {
  const { report, step } = telling
  const host = await prepareHost(options.accel, telling, () => prepareGuest(report))
  const tell = (side: string) => (line: string) => {
    step(`${side}: ${line}`)
  }
  step('building the kernel without the patch')
  const base = await builder.build(options.base, [], tell('without the patch'), report)
  step('building the kernel with the patch')
  const patched = await builder.build(options.base, asked.patches, tell('with the patch'), report)
  if (base.sha256 === patched.sha256)
    report('the patch changes nothing that is built: both kernels are the same to the bit')
  const ready = async (kernel: typeof base, label: string) => ({
    ...(await withInitrd(kernel, host.guest, report)),
    label,
  })
  return { host, base: await ready(base, 'base'), patched: await ready(patched, 'patched') }
}

interface InHand {
  readonly asked: Asked
  readonly ready: Ready
  readonly options: TryOptions
  readonly terminal: Terminal
  readonly progress: Progress
}

async function runBoth(open: OpenCampaign, hand: InHand): Promise<number> {
  const { asked, ready, options, terminal, progress } = hand
  const { base, patched, host } = ready
  const { scenarios, machines, results, seed } = asked
  const runs = planRuns({ scenarios, kernels: [base, patched], machines, repeat: options.repeat, seed })
  const jobs = jobsFor(runs, options)
  const seen = new Map<string, RunRecord>()
  const attempts = new Map<ReadyKernel, RunRecord[]>([
    [base, []],
    [patched, []],
  ])
  const out = options.json === true ? process.stderr : process.stdout
  const shown = listenerFor({ out, progress, seen, runs, jobs, results })
  try {
    // What broke is asked twice: once may be this machine's fault.
    const request = await campaignRequest({
      ...open,
      runs,
      host,
      results,
      options,
      jobs,
      retries: 1,
      terminal,
    })
    const listener: CampaignListener = {
      ...shown,
      onRunEnd: (record, run, isLast) => {
        attempts.get(run.kernel)?.push(record)
        shown.onRunEnd(record, run, isLast)
      },
    }
    await planned(request, await askedOf(options, seed, terminal), () => runCampaign(request, listener))
    progress.end()
    const records = { base: attempts.get(base) ?? [], patched: attempts.get(patched) ?? [] }
    const comparison = compare(records.base, records.patched)
    const document = documentOf(comparison, hand, records)
    // In a directory that has records by now, which no janitor removes: whole or not there.
    const file = join(open.dir.dir, 'comparison.json')
    writeFileSync(`${file}.partial`, document)
    renameSync(`${file}.partial`, file)
    const width = out.isTTY ? out.columns : undefined
    out.write(`${comparisonLines(comparison, paletteFor(out), width).join('\n')}\n`)
    out.write(`evidence and comparison.json in ${open.dir.dir}\n`)
    if (options.json === true) process.stdout.write(document)
    return exitCodeOfComparison(comparison)
  } catch (error) {
    if (options.json === true) process.stdout.write(campaignJson([...seen.values()], error))
    if (error instanceof Interrupted) {
      const where = open.dir.committed === 0 ? 'nothing is kept' : `records are in ${open.dir.dir}`
      const again = 'both kernels are kept: the same command runs them again'
      sayInterrupted(progress, error, `${seen.size} of ${runs.length} runs were finished, ${where}; ${again}`)
    }
    throw error
  }
}

/** comparison.json: the comparison, both kernels, and where each record is. */
function documentOf(
  comparison: Comparison,
  { asked, ready, options }: InHand,
  records: { readonly base: readonly RunRecord[]; readonly patched: readonly RunRecord[] },
): string {
  const side = (name: 'base' | 'patched') => {
    const { source, release, sha256 } = ready[name]
    const attempts = records[name].map(({ run, attempts: attempt, outcome, reason }) => ({
      record: `${run}/attempt-${attempt}/record.json`,
      outcome,
      reason,
    }))
    return { kernel: { source, release, sha256 }, attempts }
  }
  const { schema, verdict, rows } = comparison
  const { seed, patches } = asked
  const base = { source: options.base, ...side('base') }
  return `${JSON.stringify({ schema, verdict, seed, patches, base, patched: side('patched'), rows }, null, 2)}\n`
}
