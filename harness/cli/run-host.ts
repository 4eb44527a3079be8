/** `irqlab run --host`: looks at the machine, asks it, reports, gives the exit code. */
import { randomInt } from 'node:crypto'
import { basename, resolve } from 'node:path'
import { assert, Interrupted, UsageError } from '../base/errors.ts'
import { EXIT } from '../base/exit-codes.ts'
import { Limits } from '../base/limits.ts'
import { FailureLimit } from '../campaign/failure-limit.ts'
import { type HostCampaign, type HostRun, runHostCampaign } from '../campaign/hosts/host-campaign.ts'
import { exitCodeOf } from '../campaign/outcome.ts'
import { SEEDS } from '../campaign/plan.ts'
import { runNameOf } from '../campaign/run-name.ts'
import { GuestCommands } from '../guest/commands.ts'
import { hostFacts } from '../host/host-facts.ts'
import { irqlabVersion } from '../host/irqlab-version.ts'
import { ensureSsh } from '../host/ssh-argv.ts'
import { thisProcess } from '../host/process-identity.ts'
import { CAMPAIGN_PLAN_SCHEMA, type CampaignPlan } from '../record/campaign-plan.ts'
import { CampaignResults, checkResults, DEFAULT_RESULTS } from '../record/results-dir.ts'
import type { RunRecord } from '../record/run-record.ts'
import { chooseNic, type HostNic } from '../remote/host-nics.ts'
import { type HostWay, openHostShell } from '../remote/host-shell.ts'
import { type HostSurvey, surveyHost } from '../remote/host-survey.ts'
import { KeptMasks } from '../remote/kept-masks.ts'
import { mayBeAskedOf } from '../scenario/may-ask-hosts.ts'
import { A_FILE } from '../report/format.ts'
import { campaignJson } from '../report/json.ts'
import { closingLines } from '../report/pretty-report.ts'
import { Progress } from '../report/progress.ts'
import { lastRecords } from '../report/reported-run.ts'
import { asActivity, sayInterrupted, withPlan } from './campaign-in-hand.ts'
import { campaignReports, isForPeople, reporting } from './campaign-reports.ts'
import { HOST_CHANGES, hostWay } from './host-use.ts'
import { interruptible } from './interruptible.ts'
import type { Terminal } from './program.ts'
import { type ReportTargets, removeStale } from './report-targets.ts'
import { listenerFor } from './run-listener.ts'
import type { RunOptions } from './run-options.ts'
import { scenariosNamed } from './scenario-files.ts'
import { refuseTwice } from './values.ts'

/** What was asked, before anything is known of the machine. */
interface Asked {
  readonly way: HostWay
  readonly runs: readonly Omit<HostRun, 'kernel'>[]
  readonly results: string
  readonly options: RunOptions
  readonly targets: ReportTargets
  readonly seed: number
  readonly terminal: Terminal
}

/** Runs the command; its options have been checked. Throws `UsageError` before anything is changed. */
export async function runHostCommand(
  names: readonly string[],
  options: RunOptions,
  targets: ReportTargets,
  terminal: Terminal,
): Promise<number> {
  const way = hostWay(options.host ?? '', options.hostKey)
  refuseTwice(names)
  const all = await scenariosNamed(names)
  // Without names: those that have a meaning there.
  const scenarios = names.length > 0 ? all : all.filter(({ scenario }) => mayBeAskedOf(scenario))
  const seed = options.seed ?? randomInt(SEEDS)
  const machine = { name: `host-${way.destination.replace(/^.*@/, '').replaceAll(/[^\w.-]/g, '-')}` }
  const repeats = Array.from({ length: options.repeat }, (_, at) => at + 1)
  const runs = repeats.flatMap((repeat) =>
    scenarios.map(({ scenario, file }) => ({
      scenario,
      file,
      machine,
      repeat,
      seed: (seed + repeat - 1) % SEEDS,
    })),
  )
  const results = resolve(options.results ?? DEFAULT_RESULTS)
  checkResults(results)
  if (options.dryRun === true) {
    process.stdout.write(dryRunText(way, runs, options))
    return 0
  }
  removeStale(targets)
  const progress = new Progress(process.stderr)
  try {
    return await askHost({ way, runs, results, options, targets, seed, terminal }, progress)
  } catch (error) {
    if (new KeptMasks(way).read() !== undefined)
      progress.line(
        `irqlab: masks of ${way.destination} may not be as they were: \`irqlab host restore ${options.host}\``,
      )
    throw error
  } finally {
    progress.end()
  }
}

/** What would be asked, and what would be changed. Nobody is reached for it. */
function dryRunText(way: HostWay, runs: Asked['runs'], { json }: RunOptions): string {
  const told = runs.map(({ scenario, seed }) => ({
    scenario: scenario.name,
    seed,
    asked: mayBeAskedOf(scenario),
  }))
  if (json === true)
    return `${JSON.stringify({ schema: 'irqlab.host-plan/1', host: way, changes: HOST_CHANGES, runs: told }, null, 2)}\n`
  return [
    `# ${runs.length} runs on ${way.destination}, one at a time; each may change:`,
    ...HOST_CHANGES.map((one) => `#   ${one}`),
    ...told.map(({ scenario, seed, asked }) => `${asked ? 'ask ' : 'skip'} ${scenario}, seed ${seed}`),
    '',
  ].join('\n')
}

async function askHost(asked: Asked, progress: Progress): Promise<number> {
  const { way, results, options, targets, terminal } = asked
  const { survey, nic } = await interruptible(
    terminal.signal,
    asActivity(progress, `looking at ${way.destination}`, async ({ report }) => {
      await ensureSsh(report)
      return lookAt(way, options)
    }),
  ).catch((error: unknown) => {
    if (options.json === true && !(error instanceof UsageError)) process.stdout.write(campaignJson([], error))
    if (error instanceof Interrupted) sayInterrupted(progress, error, 'nothing was run')
    throw error
  })
  const kernel = { source: 'host' as const, release: survey.facts.release }
  const runs: readonly HostRun[] = asked.runs.map((run) => ({ ...run, kernel }))
  const names = [...new Set(runs.map(({ scenario }) => scenario.name))]
  const name = names.length === 1 ? (names[0] ?? 'none') : `${names.length}-scenarios`
  const dir = await CampaignResults.make(results, `${name}-host`, new Date())
  try {
    const campaign: HostCampaign = {
      runs,
      way,
      survey,
      nic,
      here: await hostFacts(),
      results,
      dir,
      timeoutScale: options.timeoutScale,
      retries: options.retries,
      ...(options.maxFail === undefined
        ? {}
        : { failures: new FailureLimit(options.maxFail, { failOnKnown: options.failOn === 'known' }) }),
      program: [process.execPath, resolve(import.meta.dirname, '../main.ts')],
      startedAtMs: terminal.startedAtMs,
      signal: terminal.signal,
    }
    return await reported({ campaign, plan: await planOf(campaign, asked), targets, options, progress })
  } finally {
    await dir.close()
  }
}

/** What the machine is, and its NIC. Nothing is changed. */
async function lookAt(
  way: HostWay,
  { timeoutScale, hostNic }: RunOptions,
): Promise<{ readonly survey: HostSurvey; readonly nic: HostNic }> {
  const limits = new Limits(timeoutScale)
  const opened = await openHostShell(
    way,
    limits.deadline('boot.ssh', `The login to ${way.destination}`),
    () => undefined,
  )
  try {
    const commands = new GuestCommands(opened.shell, limits, (error) => Promise.resolve(error))
    const survey = await surveyHost(commands, opened.address)
    return {
      survey,
      nic: chooseNic(survey.nics, hostNic, way.destination, opened.address !== undefined),
    }
  } finally {
    await opened.close()
  }
}

interface Reporting {
  readonly campaign: HostCampaign
  readonly plan: CampaignPlan
  readonly targets: ReportTargets
  readonly options: RunOptions
  readonly progress: Progress
}

async function reported({ campaign, plan, targets, options, progress }: Reporting): Promise<number> {
  const { runs, results, dir } = campaign
  const seen = new Map<string, RunRecord>()
  const out = options.json === true ? process.stderr : process.stdout
  const shown = isForPeople(targets.shown) ? targets.shown : undefined
  const reports = await campaignReports(targets, progress)
  let ended: Awaited<ReturnType<typeof reports.end>> | undefined
  try {
    const first = `logging in to ${campaign.way.destination}`
    const listener = listenerFor({ out, progress, seen, runs, jobs: 1, results, shown, first })
    const work = () => runHostCampaign(campaign, reporting(listener, reports, campaign))
    await withPlan(dir, plan, runs.length, work, {
      onBegin: (begun) => reports.begin(begun, dir.dir, [], new Set(begun.runs.map(({ run }) => run))),
      onEnd: async (over) => {
        progress.end()
        ended = await reports.end(over, dir.dir)
        for (const trouble of ended.troubles) progress.line(`irqlab: ${trouble}`)
      },
    })
    assert(ended !== undefined, 'a plan that has ended was reported')
    const { campaign: whole, troubles } = ended
    const records = lastRecords(whole)
    if (shown !== undefined) {
      const place = shown === 'plain' ? A_FILE : { isTTY: out.isTTY, width: out.columns }
      out.write(`${closingLines(whole, place).join('\n')}\n`)
    }
    if (options.json === true) process.stdout.write(campaignJson(records))
    const code = exitCodeOf(
      records.map(({ outcome }) => outcome),
      { failOnKnown: options.failOn === 'known' },
    )
    return code === EXIT.good && troubles.length > 0 ? EXIT.broken : code
  } catch (error) {
    if (options.json === true) process.stdout.write(campaignJson([...seen.values()], error))
    if (error instanceof Interrupted) {
      const masks =
        new KeptMasks(campaign.way).read() === undefined ? 'the masks there are as they were; ' : ''
      const kept = seen.size === 0 ? 'nothing is kept' : `${seen.size} records are in ${dir.dir}`
      sayInterrupted(progress, error, `${masks}${kept}`)
    }
    throw error
  }
}

async function planOf(
  { runs, way, nic, dir, results, timeoutScale, retries }: HostCampaign,
  { options, seed, terminal }: Asked,
): Promise<CampaignPlan> {
  return {
    schema: CAMPAIGN_PLAN_SCHEMA,
    campaign: basename(dir.dir),
    irqlab: await irqlabVersion(),
    command: [...terminal.args],
    startedAt: new Date().toISOString(),
    process: thisProcess(),
    host: {
      destination: way.destination,
      ...(way.port === undefined ? {} : { port: way.port }),
      nic: nic.name,
    },
    options: {
      append: '',
      qemuArgs: [],
      timeoutScale,
      cold: true,
      retries,
      jobs: 1,
      accel: options.accel,
      repeat: options.repeat,
      ...(options.maxFail === undefined ? {} : { maxFail: options.maxFail }),
      failOnKnown: options.failOn === 'known',
    },
    seed,
    runs: runs.map((run) => ({
      run: dir.runName(results, runNameOf(runs, run)),
      scenario: run.scenario.name,
      question: run.scenario.question,
      kernel: { ...run.kernel },
      machine: run.machine.name,
      repeat: run.repeat,
      seed: run.seed,
    })),
  }
}
