/** Runs a plan, some workers side by side, with retries for what broke, and writes a record of every attempt. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Interrupted, messageOf, Trouble } from '../base/errors.ts'
import { neverAside } from '../guest/snapshot-key.ts'
import type { HostFacts } from '../host/host-facts.ts'
import type { Accelerator } from '../host/accelerator.ts'
import type { QemuBinary } from '../host/qemu-binary.ts'
import type { BootableKernel } from '../image/kernel.ts'
import type { GuestImage } from '../image/guest-image.ts'
import type { WarmStore } from '../image/warm-store.ts'
import { KEPT_FILE, type CampaignResults } from '../record/results-dir.ts'
import type { RunRecord } from '../record/run-record.ts'
import { withoutHome } from '../base/without-home.ts'
import { jobOf, withSnapshot } from './compose-job.ts'
import { recordOf } from './compose-record.ts'
import type { Job, WorkerGuestStart, WorkerMessage, WorkerResult } from './job.ts'
import { execute, type Execution } from './local-executor.ts'
import type { FailureLimit } from './failure-limit.ts'
import { concludeFromError } from './outcome.ts'
import type { PlannedRun } from './plan.ts'
import { inPool } from './pool.ts'
import { runNameOf } from './run-name.ts'
import { stageWords } from './stage-words.ts'
import { startOrder } from './start-order.ts'
import { type Timing, timingOf } from './timing.ts'

/** A kernel with everything that QEMU needs to boot it. */
export interface ReadyKernel extends BootableKernel {
  readonly initrd: string
  /** Tells it from others of its release, in the names of runs: `base`, or a commit. */
  readonly label?: string
}

/** Everything that a campaign needs, resolved before it starts. */
export interface CampaignRequest {
  readonly runs: readonly PlannedRun<ReadyKernel>[]
  /** Those of them that are to be done, and how many attempts each has had; absent: all, none. */
  readonly due?: ReadonlyMap<PlannedRun<ReadyKernel>, number>
  readonly guest: GuestImage
  readonly qemu: QemuBinary
  readonly accelerator: Accelerator
  readonly host: HostFacts
  readonly results: string
  readonly dir: CampaignResults
  readonly append: string
  readonly qemuArgs: readonly string[]
  readonly timeoutScale: number
  /** How long scenarios go on that can be drawn out; absent: one round. */
  readonly soakSeconds?: number
  readonly retries: number
  /** After so many runs that count as failures no other is begun; absent: all are. */
  readonly failures?: FailureLimit
  /** Runs side by side, at least 1. */
  readonly jobs: number
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
  /** Aborted by a signal: the runs at hand are dropped, finished records stay. */
  readonly signal: AbortSignal
}

/** What a campaign tells while it runs; with several jobs, of several runs in turn. */
export interface CampaignListener<Run = PlannedRun<ReadyKernel>> {
  onRunStart(run: Run, attempt: number): void
  onProgress(run: Run, words: string): void
  /** A line that a person should see, whatever else is shown. */
  onNote(run: Run, words: string): void
  /** An attempt is over; after the last one no other follows. */
  onRunEnd(record: RunRecord, run: Run, isLast: boolean): void
  /** A run is finished, and kept: its guest runs until irqlab is ended. */
  onKept(record: RunRecord, run: Run): void
}

/**
 * Runs everything that is due and gives the last record of each such run, in the order of the plan. Throws `Interrupted` on a signal.
 * Whatever is thrown, no worker is left running.
 */
export async function runCampaign(
  request: CampaignRequest,
  listener: CampaignListener,
): Promise<readonly RunRecord[]> {
  const timing = timingOf(request)
  const due = request.runs.filter((run) => request.due?.has(run) ?? true)
  const order = startOrder(due, request.jobs, (run) => timing.knownMs(run))
  const stop = new AbortController()
  const onSignal = () => stop.abort(interruptionOf(request.signal))
  request.signal.addEventListener('abort', onSignal)
  if (request.signal.aborted) onSignal()
  const stoppable = { ...request, signal: stop.signal }
  try {
    const ended = await inPool(order, request.jobs, stop, async (run) => {
      if (request.failures?.reached === true) return undefined
      const record = await runWithRetries(stoppable, run, listener, timing)
      request.failures?.note(record.outcome)
      return [run, record] as const
    })
    const records = new Map(ended.filter((one) => one !== undefined))
    return request.runs.flatMap((run) => records.get(run) ?? [])
  } finally {
    request.signal.removeEventListener('abort', onSignal)
    await timing.keep()
  }
}

async function runWithRetries(
  request: CampaignRequest,
  run: PlannedRun<ReadyKernel>,
  listener: CampaignListener,
  timing: Timing,
): Promise<RunRecord> {
  for (let attempt = 1 + (request.due?.get(run) ?? 0); ; attempt++) {
    listener.onRunStart(run, attempt)
    const started = performance.now()
    const { record, lasting } = await runAttempt(request, run, attempt, listener)
    // What broke says nothing of how long such a run takes.
    if (record.outcome !== 'broken') timing.note(run, performance.now() - started)
    // Only what broke may be tried again, and only if it may end otherwise: a fail is never retried into a pass.
    const isLast = record.outcome !== 'broken' || lasting || attempt > request.retries
    listener.onRunEnd(record, run, isLast)
    if (isLast) return record
  }
}

async function runAttempt(
  request: CampaignRequest,
  run: PlannedRun<ReadyKernel>,
  attempt: number,
  listener: CampaignListener,
): Promise<{ readonly record: RunRecord; readonly lasting: boolean }> {
  const name = runNameOf(request.runs, run)
  const dir = await request.dir.openAttempt(name, attempt)
  writeFileSync(
    join(dir.path, 'environment.json'),
    withoutHome(`${JSON.stringify(environmentOf(request, run), null, 2)}\n`),
  )
  const startedAt = new Date()
  const started = performance.now()
  let argv: readonly string[] | undefined
  const notes: string[] = [...(run.kernel.notes ?? [])]
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
  // What a guest has written to a disk would be in no snapshot: such guests boot, always, and nobody need be told.
  const cold = request.cold || request.guest.disk !== undefined
  const never = cold ? undefined : neverAside({ extraArgs: request.qemuArgs })
  if (never !== undefined) onMessage({ type: 'note', words: `booted, and not put aside: ${never}` })
  const booting = jobOf(request, run, dir.path)
  const job = cold || never !== undefined ? booting : await withSnapshot(request, run, booting)
  const { result, execution } = await executeJob(request, job, onMessage)
  try {
    if (job.snapshot?.partial !== undefined) await request.warm.release(job.snapshot.partial)
    const record = recordOf(request, run, {
      runName: request.dir.runName(request.results, name),
      attempt,
      startedAt,
      tookMs: performance.now() - started,
      argv,
      start,
      notes,
      result,
      limitsFactor: job.limitsFactor,
      files: [...dir.files(), 'record.json'].sort(),
    })
    writeFileSync(join(dir.path, 'record.json'), withoutHome(`${JSON.stringify(record, null, 2)}\n`))
    if (request.keep && execution !== undefined) {
      const kept = join(dir.path, KEPT_FILE)
      writeFileSync(kept, `${JSON.stringify(await keptFacts(execution, request), null, 2)}\n`, {
        mode: 0o600,
      })
      listener.onKept(record, run)
      await aborted(request.signal)
      rmSync(kept)
    }
    await execution?.end()
    await dir.commit()
    if (request.keep && execution !== undefined) throw interruptionOf(request.signal)
    return { record, lasting: result.conclusion.lasting ?? false }
  } finally {
    // A disk that is full must not leave the guest running while others are ended.
    await execution?.end()
  }
}

async function executeJob(
  request: CampaignRequest,
  job: Job,
  onMessage: (message: WorkerMessage) => void,
): Promise<{ readonly result: WorkerResult; readonly execution: Execution | undefined }> {
  if (request.signal.aborted) throw interruptionOf(request.signal)
  let execution: Execution | undefined
  const over = new AbortController()
  try {
    execution = await execute(job, request.program, onMessage)
    const result = await Promise.race([
      execution.result,
      aborted(request.signal, over.signal).then(() => Promise.reject(interruptionOf(request.signal))),
    ])
    return { result, execution }
  } catch (error) {
    await execution?.end()
    if (error instanceof Interrupted) throw error
    return { result: lostResult(error), execution: undefined }
  } finally {
    over.abort()
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

function environmentOf(request: CampaignRequest, run: PlannedRun<ReadyKernel>): unknown {
  return {
    host: request.host,
    qemu: request.qemu,
    accelerator: request.accelerator,
    guest: {
      flavour: request.guest.flavour,
      packages: request.guest.packages ?? [],
      sha256: request.guest.sha256,
    },
    kernel: run.kernel,
    jobs: request.jobs,
  }
}

async function keptFacts(execution: Execution, request: CampaignRequest): Promise<unknown> {
  return {
    enter: await execution.enter(),
    flavour: request.guest.flavour,
    login: request.guest.login,
  }
}

/** Resolves when the signal is aborted, or never: `over` ends the listening. */
function aborted(signal: AbortSignal, over?: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), {
      once: true,
      ...(over === undefined ? {} : { signal: over }),
    })
  })
}

function interruptionOf(signal: AbortSignal): Interrupted {
  return signal.reason instanceof Interrupted ? signal.reason : new Interrupted('SIGINT')
}
