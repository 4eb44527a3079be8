/** Puts together the record of one attempt from what was asked, what was used and what the worker told. */
import { RECORD_SCHEMA, type RunRecord } from '../record/run-record.ts'
import type { WorkerGuestStart, WorkerResult } from './job.ts'
import type { PlannedRun } from './plan.ts'
import type { CampaignRequest, ReadyKernel } from './run-campaign.ts'
import { waitedShare } from './starved.ts'

/** What is known of one attempt besides the request. */
export interface RecordFacts {
  readonly runName: string
  readonly attempt: number
  readonly startedAt: Date
  /** Since then, until its guest was gone. */
  readonly tookMs: number
  readonly argv: readonly string[] | undefined
  /** How its guest came to run; absent when it never did. */
  readonly start: WorkerGuestStart | undefined
  readonly notes: readonly string[]
  readonly result: WorkerResult
  /** What the host added to every limit (campaign/pace.ts). */
  readonly limitsFactor: number | undefined
  readonly files: readonly string[]
}

/** What the whole campaign has in common, as far as a record holds it. */
type Common = Pick<
  CampaignRequest,
  'guest' | 'accelerator' | 'qemu' | 'append' | 'qemuArgs' | 'timeoutScale' | 'soakSeconds' | 'startedAtMs'
>

/** The record of one attempt. */
export function recordOf(request: Common, run: PlannedRun<ReadyKernel>, facts: RecordFacts): RunRecord {
  const { conclusion, verdicts, predictions, spawnToReadyMs, leaks, judgedAtMs, release } = facts.result
  const { messages = [] } = facts.result
  const share = facts.result.vcpus === undefined ? undefined : waitedShare(facts.result.vcpus)
  const { outcome, reason, stage, hint, need, console } = leaks.length > 0 ? leaked(facts.result) : conclusion
  return {
    schema: RECORD_SCHEMA,
    run: facts.runName,
    scenario: run.scenario.name,
    question: run.scenario.question,
    outcome,
    reason,
    ...(stage === undefined ? {} : { stage }),
    ...(hint === undefined ? {} : { hint }),
    ...(need === undefined ? {} : { need }),
    ...(console === undefined ? {} : { console: [...console] }),
    kernel: {
      release: release ?? run.kernel.release,
      source: run.kernel.source,
      sha256: run.kernel.sha256,
      ...(run.kernel.packageVersion === undefined ? {} : { packageVersion: run.kernel.packageVersion }),
      ...(run.kernel.suites === undefined ? {} : { suites: [...run.kernel.suites] }),
      ...(run.kernel.configSha256 === undefined ? {} : { configSha256: run.kernel.configSha256 }),
    },
    guest: {
      flavour: request.guest.flavour,
      ...(request.guest.text === request.guest.flavour ? {} : { source: request.guest.text }),
      sha256: request.guest.sha256,
      ...(facts.start === undefined ? {} : { start: facts.start.how }),
      ...(facts.start?.savedAt === undefined ? {} : { savedAt: facts.start.savedAt }),
    },
    machine: run.machine,
    accel: {
      used: request.accelerator.name,
      reason: request.accelerator.reason,
      qemu: request.qemu.version.text,
    },
    seed: run.seed,
    attempts: facts.attempt,
    options: {
      append: request.append,
      qemuArgs: [...request.qemuArgs],
      timeoutScale: request.timeoutScale,
      ...(request.soakSeconds === undefined ? {} : { soakSeconds: request.soakSeconds }),
    },
    verdicts: verdicts.map((verdict) => ({ ...verdict, numbers: { ...verdict.numbers } })),
    ...(messages.length === 0 ? {} : { messages: messages.map((message) => ({ ...message })) }),
    ...(predictions === undefined ? {} : { predictions: predictions.map((one) => ({ ...one })) }),
    timings: {
      startedAt: facts.startedAt.toISOString(),
      ...(spawnToReadyMs === undefined ? {} : { spawnToReadyMs }),
      totalMs: Math.round(judgedAtMs - request.startedAtMs),
      tookMs: Math.round(facts.tookMs),
      ...(share === undefined ? {} : { vcpusWaitedShare: Math.round(share * 1000) / 1000 }),
      ...(facts.limitsFactor === undefined ? {} : { limitsFactor: facts.limitsFactor }),
    },
    ...(facts.argv === undefined ? {} : { argv: [...facts.argv] }),
    ...(facts.notes.length === 0 ? {} : { notes: [...facts.notes] }),
    files: [...facts.files],
    leaks: leaks.map((leak) => ({ ...leak })),
  }
}

/** Something was left behind: the verdicts stand in the record, but the run is not clean. A fail stays a fail. */
export function leaked(result: WorkerResult): WorkerResult['conclusion'] {
  if (result.conclusion.outcome === 'fail') return result.conclusion
  const [first] = result.leaks
  return {
    outcome: 'broken',
    stage: 'cleanup',
    reason: `left behind: ${first?.what ?? ''} (${first?.why ?? ''})`,
  }
}
