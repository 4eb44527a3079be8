/** Puts together the record of one attempt on a machine that is not ours. */
import { RECORD_SCHEMA, type RunRecord } from '../../record/run-record.ts'
import type { WorkerResult } from '../job.ts'
import { leaked } from '../compose-record.ts'
import type { HostCampaign, HostRun } from './host-campaign.ts'

/** What is known of one attempt besides the campaign. */
export interface HostRecordFacts {
  readonly runName: string
  readonly attempt: number
  readonly startedAt: Date
  readonly tookMs: number
  readonly notes: readonly string[]
  readonly result: WorkerResult
  readonly files: readonly string[]
}

/** The record. */
export function hostRecord(
  {
    way,
    survey,
    nic,
    timeoutScale,
    startedAtMs,
  }: Pick<HostCampaign, 'way' | 'survey' | 'nic' | 'timeoutScale' | 'startedAtMs'>,
  run: HostRun,
  { runName, attempt, startedAt, tookMs, notes, result, files }: HostRecordFacts,
): RunRecord {
  const { conclusion, verdicts, predictions, release, spawnToReadyMs, leaks, messages = [] } = result
  const { outcome, reason, stage, hint, need, console } =
    leaks.length > 0 && conclusion.outcome !== 'broken' ? leaked(result) : conclusion
  const { product, cpuModel, cpus, virtual } = survey.machine
  return {
    schema: RECORD_SCHEMA,
    run: runName,
    scenario: run.scenario.name,
    question: run.scenario.question,
    outcome,
    reason,
    ...(stage === undefined ? {} : { stage }),
    ...(hint === undefined ? {} : { hint }),
    ...(need === undefined ? {} : { need }),
    ...(console === undefined ? {} : { console: [...console] }),
    kernel: { release: release ?? run.kernel.release, source: run.kernel.source },
    guest: { flavour: 'host' },
    host: {
      destination: way.destination,
      ...(way.port === undefined ? {} : { port: way.port }),
      nic: { name: nic.name, driver: nic.driver, rxQueues: nic.rxQueues.length },
      ...(product === undefined ? {} : { product }),
      ...(cpuModel === undefined ? {} : { cpuModel }),
      cpus,
      virtual,
    },
    machine: run.machine,
    accel: { used: 'none', reason: 'a machine that is not ours was asked' },
    seed: run.seed,
    attempts: attempt,
    options: { append: '', qemuArgs: [], timeoutScale },
    verdicts: verdicts.map((verdict) => ({ ...verdict, numbers: { ...verdict.numbers } })),
    ...(messages.length === 0 ? {} : { messages: messages.map((message) => ({ ...message })) }),
    ...(predictions === undefined ? {} : { predictions: predictions.map((one) => ({ ...one })) }),
    timings: {
      startedAt: startedAt.toISOString(),
      ...(spawnToReadyMs === undefined ? {} : { spawnToReadyMs }),
      totalMs: Math.round(result.judgedAtMs - startedAtMs),
      tookMs: Math.round(tookMs),
    },
    ...(notes.length === 0 ? {} : { notes: [...notes] }),
    files: [...files],
    leaks: leaks.map((leak) => ({ ...leak })),
  }
}
