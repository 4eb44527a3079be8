/** Asks a machine that is not ours, one scenario after the other, with retries for what broke, and writes a record of every attempt. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Interrupted, messageOf, Trouble } from '../../base/errors.ts'
import { withoutHome } from '../../base/without-home.ts'
import type { HostFacts } from '../../host/host-facts.ts'
import { spawnProcess } from '../../host/processes.ts'
import type { CampaignResults } from '../../record/results-dir.ts'
import type { RunRecord } from '../../record/run-record.ts'
import type { HostNic } from '../../remote/host-nics.ts'
import type { HostWay } from '../../remote/host-shell.ts'
import type { HostSurvey } from '../../remote/host-survey.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import type { FailureLimit } from '../failure-limit.ts'
import type { WorkerMessage, WorkerResult } from '../job.ts'
import { attend } from '../local-executor.ts'
import { concludeFromError } from '../outcome.ts'
import type { CampaignListener } from '../run-campaign.ts'
import { runNameOf } from '../run-name.ts'
import type { HostJob } from './host-job.ts'
import { hostRecord } from './host-record.ts'

/** One run of such a campaign. */
export interface HostRun {
  readonly scenario: Scenario
  readonly file: string
  readonly kernel: { readonly source: 'host'; readonly release: string }
  readonly machine: { readonly name: string }
  readonly repeat: number
  readonly seed: number
}

/** Everything that the campaign needs. */
export interface HostCampaign {
  readonly runs: readonly HostRun[]
  readonly way: HostWay
  readonly survey: HostSurvey
  readonly nic: HostNic
  /** What this machine is, from which the other one is asked. */
  readonly here: HostFacts
  readonly results: string
  readonly dir: CampaignResults
  readonly timeoutScale: number
  readonly retries: number
  readonly failures?: FailureLimit
  /** The argv that runs irqlab itself. */
  readonly program: readonly [string, ...string[]]
  readonly startedAtMs: number
  readonly signal: AbortSignal
}

/** Masks are written back, and a machine far away may be slow: whoever interrupts us waits for that. */
const END_GRACE_MS = 60_000

/** Runs all, and gives the last record of each run that was begun. Throws `Interrupted` on a signal, when the machine is as it was. */
export async function runHostCampaign(
  campaign: HostCampaign,
  listener: CampaignListener<HostRun>,
): Promise<readonly RunRecord[]> {
  const records: RunRecord[] = []
  for (const run of campaign.runs) {
    if (campaign.failures?.reached === true) break
    const record = await runWithRetries(campaign, run, listener)
    campaign.failures?.note(record.outcome)
    records.push(record)
  }
  return records
}

async function runWithRetries(
  campaign: HostCampaign,
  run: HostRun,
  listener: CampaignListener<HostRun>,
): Promise<RunRecord> {
  for (let attempt = 1; ; attempt++) {
    listener.onRunStart(run, attempt)
    const { record, lasting } = await runAttempt(campaign, run, attempt, listener)
    const isLast = record.outcome !== 'broken' || lasting || attempt > campaign.retries
    listener.onRunEnd(record, run, isLast)
    if (isLast) return record
  }
}

async function runAttempt(
  campaign: HostCampaign,
  run: HostRun,
  attempt: number,
  listener: CampaignListener<HostRun>,
): Promise<{ readonly record: RunRecord; readonly lasting: boolean }> {
  const name = runNameOf(campaign.runs, run)
  const dir = await campaign.dir.openAttempt(name, attempt)
  const { interrupts: _, ...there } = campaign.survey
  const environment = { host: campaign.here, asked: { ...there, way: campaign.way } }
  writeFileSync(join(dir.path, 'environment.json'), withoutHome(`${JSON.stringify(environment, null, 2)}\n`))
  const startedAt = new Date()
  const started = performance.now()
  const notes: string[] = []
  const onMessage = (message: WorkerMessage) => {
    if (message.type === 'note') {
      notes.push(message.words)
      listener.onNote(run, message.words)
    } else if (message.type === 'progress') listener.onProgress(run, message.words)
  }
  const job: HostJob = {
    scenario: { name: run.scenario.name, file: run.file },
    way: campaign.way,
    nic: campaign.nic.name,
    seed: run.seed,
    timeoutScale: campaign.timeoutScale,
    evidenceDir: dir.path,
  }
  const result = await runJob(campaign, job, onMessage)
  const record = hostRecord(campaign, run, {
    runName: campaign.dir.runName(campaign.results, name),
    attempt,
    startedAt,
    tookMs: performance.now() - started,
    notes,
    result,
    files: [...dir.files(), 'record.json'].sort(),
  })
  writeFileSync(join(dir.path, 'record.json'), withoutHome(`${JSON.stringify(record, null, 2)}\n`))
  await dir.commit()
  return { record, lasting: result.conclusion.lasting ?? false }
}

/** In a worker of its own, so that masks are written back whatever happens to us. */
async function runJob(
  { program, signal }: HostCampaign,
  job: HostJob,
  onMessage: (message: WorkerMessage) => void,
): Promise<WorkerResult> {
  const interruption = () =>
    signal.reason instanceof Interrupted ? signal.reason : new Interrupted('SIGINT')
  if (signal.aborted) throw interruption()
  // An own session: Ctrl-C reaches us alone, and we end the worker in order.
  const child = await spawnProcess([...program, 'host-worker'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ipc: true,
    detached: true,
    stage: 'host.worker',
  })
  const attended = await attend(child, job, onMessage, END_GRACE_MS)
  const over = new AbortController()
  try {
    return await Promise.race([
      attended.result,
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(interruption()), { once: true, signal: over.signal })
      }),
    ])
  } catch (error) {
    if (error instanceof Interrupted) throw error
    const trouble = error instanceof Trouble ? error : new Trouble('host.worker', messageOf(error))
    return {
      type: 'result',
      conclusion: concludeFromError(trouble),
      verdicts: [],
      release: undefined,
      spawnToReadyMs: undefined,
      leaks: [],
      judgedAtMs: Date.now(),
    }
  } finally {
    over.abort()
    // Not before all is as it was.
    await attended.end()
  }
}
