/** Runs a plan, one worker after the other, with retries for what broke, and writes a record of every attempt. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Interrupted, messageOf, Trouble } from '../base/errors.ts'
import type { HostFacts } from '../host/host-facts.ts'
import type { Accelerator } from '../host/accelerator.ts'
import type { QemuBinary } from '../host/qemu-binary.ts'
import type { BootableKernel } from '../image/kernel.ts'
import type { MicroGuest } from '../image/micro-guest.ts'
import type { WarmStore } from '../image/warm-store.ts'
import { type CampaignResults, type RunName } from '../record/results-dir.ts'
import type { RunRecord } from '../record/run-record.ts'
import { recordOf } from './compose-record.ts'
import type { Job, WorkerGuestStart, WorkerMessage, WorkerResult } from './job.ts'
import { execute, type Execution } from './local-executor.ts'
import { concludeFromError } from './outcome.ts'
import { paceFactor } from './pace.ts'
import type { PlannedRun } from './plan.ts'
import { stageWords } from './stage-words.ts'
import { warmStart } from './warm-start.ts'

/** A kernel with everything that QEMU needs to boot it. */
export interface ReadyKernel extends BootableKernel {
  readonly initrd: string
}

/** Everything that a campaign needs, resolved before it starts. */
export interface CampaignRequest {
  readonly runs: readonly PlannedRun<ReadyKernel>[]
  readonly guest: MicroGuest
  readonly qemu: QemuBinary
  readonly accelerator: Accelerator
  readonly host: HostFacts
  readonly results: string
  readonly dir: CampaignResults
  readonly append: string
  readonly qemuArgs: readonly string[]
  readonly timeoutScale: number
  readonly retries: number
  readonly keep: boolean
  /** Boot, whatever snapshot there is, and make none. */
  readonly cold: boolean
  /** Where snapshots are. */
  readonly warm: WarmStore
  readonly judgeAs?: 'deferred' | 'immediate'
  /** The argv that runs irqlab itself. */
  readonly program: readonly [string, ...string[]]
  /** irqlab's own process start, in milliseconds of the epoch. */
  readonly startedAtMs: number
  /** Aborted by a signal: the run at hand is dropped, finished records stay. */
  readonly signal: AbortSignal
}

/** Beside the record of a run that is kept, until it ends: how to enter it. */
export const KEPT_FILE = 'kept.json'

/** What a campaign tells while it runs. */
export interface CampaignListener {
  onRunStart(run: PlannedRun<ReadyKernel>, attempt: number): void
  onProgress(run: PlannedRun<ReadyKernel>, words: string): void
  /** A line that a person should see, whatever else is shown. */
  onNote(run: PlannedRun<ReadyKernel>, words: string): void
  onRunEnd(record: RunRecord): void
  /** A run is finished, and kept: its guest runs until irqlab is ended. */
  onKept(record: RunRecord): void
}

/** Runs everything and gives the last record of each run. Throws `Interrupted` on a signal. */
export async function runCampaign(
  request: CampaignRequest,
  listener: CampaignListener,
): Promise<readonly RunRecord[]> {
  const records: RunRecord[] = []
  for (const run of request.runs) records.push(await runWithRetries(request, run, listener))
  return records
}

async function runWithRetries(
  request: CampaignRequest,
  run: PlannedRun<ReadyKernel>,
  listener: CampaignListener,
): Promise<RunRecord> {
  for (let attempt = 1; ; attempt++) {
    listener.onRunStart(run, attempt)
    const { record, lasting } = await runAttempt(request, run, attempt, listener)
    listener.onRunEnd(record)
    // Only what broke may be tried again, and only if it may end otherwise: a fail is never retried into a pass.
    if (record.outcome !== 'broken' || lasting || attempt > request.retries) return record
  }
}

async function runAttempt(
  request: CampaignRequest,
  run: PlannedRun<ReadyKernel>,
  attempt: number,
  listener: CampaignListener,
): Promise<{ readonly record: RunRecord; readonly lasting: boolean }> {
  const name: RunName = {
    scenario: run.scenario.name,
    kernel: kernelName(request.runs, run.kernel),
    machine: run.machine.name,
    repeat: run.repeat,
  }
  const dir = await request.dir.openAttempt(name, attempt)
  writeFileSync(
    join(dir.path, 'environment.json'),
    `${JSON.stringify(environmentOf(request, run), null, 2)}\n`,
  )
  const startedAt = new Date()
  let argv: readonly string[] | undefined
  const notes: string[] = []
  let start: WorkerGuestStart | undefined
  const onMessage = (message: WorkerMessage) => {
    if (message.type === 'qemu') argv = message.argv
    else if (message.type === 'start') start = message
    else if (message.type === 'note') {
      notes.push(message.words)
      listener.onNote(run, message.words)
    } else if (message.type === 'stage') listener.onProgress(run, stageWords(message.stage))
    else if (message.type === 'progress') listener.onProgress(run, message.words)
  }
  const job = await withSnapshot(request, run, jobOf(request, run, dir.path))
  const { result, execution } = await executeJob(request, job, onMessage)
  if (job.snapshot?.partial !== undefined) await request.warm.release(job.snapshot.partial)
  const record = recordOf(request, run, {
    runName: request.dir.runName(request.results, name),
    attempt,
    startedAt,
    argv,
    start,
    notes,
    result,
    limitsFactor: job.limitsFactor,
    files: [...dir.files(), 'record.json'].sort(),
  })
  writeFileSync(join(dir.path, 'record.json'), `${JSON.stringify(record, null, 2)}\n`)
  if (request.keep && execution !== undefined) {
    const kept = join(dir.path, KEPT_FILE)
    writeFileSync(kept, `${JSON.stringify(await keptFacts(execution, request), null, 2)}\n`, { mode: 0o600 })
    listener.onKept(record)
    await aborted(request.signal)
    rmSync(kept)
  }
  await execution?.end()
  await dir.commit()
  if (request.keep && execution !== undefined) throw interruptionOf(request.signal)
  return { record, lasting: result.conclusion.lasting ?? false }
}

/** The release; a number tells another kernel of the same release from it, such as a patched build. */
function kernelName(runs: CampaignRequest['runs'], kernel: ReadyKernel): string {
  const all = new Set(runs.map((run) => run.kernel))
  const at = [...all].filter(({ release }) => release === kernel.release).indexOf(kernel)
  return at > 0 ? `${kernel.release}-${at + 1}` : kernel.release
}

async function executeJob(
  request: CampaignRequest,
  job: Job,
  onMessage: (message: WorkerMessage) => void,
): Promise<{ readonly result: WorkerResult; readonly execution: Execution | undefined }> {
  if (request.signal.aborted) throw interruptionOf(request.signal)
  let execution: Execution | undefined
  try {
    execution = await execute(job, request.program, onMessage)
    const result = await Promise.race([
      execution.result,
      aborted(request.signal).then(() => Promise.reject(interruptionOf(request.signal))),
    ])
    return { result, execution }
  } catch (error) {
    await execution?.end()
    if (error instanceof Interrupted) throw error
    return { result: lostResult(error), execution: undefined }
  }
}

function lostResult(error: unknown): WorkerResult {
  return {
    type: 'result',
    conclusion: concludeFromError(
      error instanceof Trouble ? error : new Trouble('host.worker', messageOf(error)),
    ),
    verdicts: [],
    release: undefined,
    spawnToReadyMs: undefined,
    leaks: [],
    judgedAtMs: Date.now(),
  }
}

function jobOf(request: CampaignRequest, run: PlannedRun<ReadyKernel>, evidenceDir: string): Job {
  return {
    scenario: { name: run.scenario.name, file: run.file },
    machine: run.machine,
    bzImage: run.kernel.bzImage,
    initrd: run.kernel.initrd,
    clientKey: request.guest.clientKey,
    hostKey: request.guest.hostPublicKey,
    qemu: { path: request.qemu.path, majorVersion: request.qemu.version.major },
    accel: request.accelerator.name,
    seed: run.seed,
    append: request.append,
    qemuArgs: request.qemuArgs,
    timeoutScale: request.timeoutScale,
    limitsFactor: paceFactor(request, run.machine),
    evidenceDir,
    keep: request.keep,
    ...(request.judgeAs === undefined ? {} : { judgeAs: request.judgeAs }),
  }
}

/** With the snapshot to start from, or to make. */
async function withSnapshot(request: CampaignRequest, run: PlannedRun<ReadyKernel>, job: Job): Promise<Job> {
  if (request.cold) return job
  const snapshot = await warmStart(request.warm, job, run.scenario.settle ? 'settled' : 'untouched', {
    qemuSha256: request.qemu.sha256,
    qemuVersion: request.qemu.version.text,
    kernelSha256: run.kernel.sha256,
    kernelRelease: run.kernel.release,
    guestSha256: request.guest.sha256,
  })
  return snapshot === undefined ? job : { ...job, snapshot }
}

function environmentOf(request: CampaignRequest, run: PlannedRun<ReadyKernel>): unknown {
  return {
    host: request.host,
    qemu: request.qemu,
    accelerator: request.accelerator,
    guest: { packages: request.guest.packages, sha256: request.guest.sha256 },
    kernel: run.kernel,
  }
}

async function keptFacts(execution: Execution, request: CampaignRequest): Promise<unknown> {
  return {
    enter: await execution.enter(),
    clientKey: request.guest.clientKey,
    hostKey: request.guest.hostPublicKey,
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function interruptionOf(signal: AbortSignal): Interrupted {
  return signal.reason instanceof Interrupted ? signal.reason : new Interrupted('SIGINT')
}
