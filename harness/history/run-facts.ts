/** What does history keep of a run? Read from its records by the fields that it needs, which is a third of the time of all. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { messageOf } from '../base/errors.ts'
import { firstIssue } from '../base/first-issue.ts'
import { type Side, sideOfRun } from '../campaign/side.ts'
import { LAW_NAMES } from '../irq/laws/law-names.ts'
import { type Outcome, OUTCOMES, RECORD_SCHEMA, type RunRecord } from '../record/run-record.ts'

/** Runs that are asked the same of the same: their outcomes are one line of history. */
export interface LineName {
  readonly scenario: string
  /** As asked for with --kernel: tomorrow's `debian:6.1` is of the line of today's. */
  readonly kernel: string
  readonly machine: string
  readonly accel: 'kvm' | 'tcg' | 'none'
  /** What else was asked for, as JSON of the options that are not as usual; empty: nothing. */
  readonly setup: string
}

/** A finished run, all its attempts taken together. */
export interface RunFacts {
  /** Its directory below the campaign. */
  readonly path: string
  readonly line: LineName
  /** `sha256` is empty of a machine that is not ours: nobody reads its image. */
  readonly kernel: { readonly sha256: string; readonly release: string }
  readonly seed: number
  /** The number of its last attempt. */
  readonly attempt: number
  readonly outcome: Outcome
  /** What the attempts before came to. */
  readonly earlier: readonly Outcome[]
  readonly startedMs: number
  /** What the last attempt took; absent in older records. */
  readonly runMs?: number
  /** QEMU's exec to the first SSH answer. */
  readonly readyMs?: number
  readonly start?: 'cold' | 'warm'
  /** Part of their time that the vCPUs waited for a host CPU, 0 to 1. */
  readonly waited?: number
  readonly reason: string
  readonly side: Side
}

const { kernel, machine, accel, timings, guest } = {
  kernel: z.object({ release: z.string(), source: z.string(), sha256: z.string().optional() }),
  machine: z.object({ name: z.string() }),
  accel: z.object({ used: z.enum(['kvm', 'tcg', 'none']) }),
  timings: z.object({
    startedAt: z.iso.datetime(),
    spawnToReadyMs: z.number().optional(),
    tookMs: z.number().optional(),
    vcpusWaitedShare: z.number().optional(),
  }),
  guest: z.object({ start: z.enum(['cold', 'warm']).optional() }),
}

const neededSchema = z.object({
  schema: z.literal(RECORD_SCHEMA),
  run: z.string(),
  scenario: z.string(),
  outcome: z.enum(OUTCOMES),
  reason: z.string(),
  stage: z.string().optional(),
  kernel,
  machine,
  accel,
  guest,
  seed: z.int(),
  attempts: z.int().min(1),
  options: z.object({
    append: z.string(),
    qemuArgs: z.array(z.string()),
    soakSeconds: z.number().optional(),
  }),
  verdicts: z.array(
    z.object({
      law: z.enum(LAW_NAMES),
      queue: z.string(),
      irq: z.number(),
      state: z.enum(['held', 'violated', 'unproven']),
      sentence: z.string(),
    }),
  ),
  messages: z.array(z.unknown()).optional(),
  timings,
})

/** The fields of a record that history needs. */
export type NeededRecord = z.output<typeof neededSchema>

/** A record that is all there. */
export interface ReadAttempt {
  readonly record: NeededRecord
}

/** One that cannot be read: why, in a sentence. */
export interface UnreadableAttempt {
  readonly why: string
}

/** Reads the record in the directory of an attempt; undefined when it has gone meanwhile. */
export function readAttempt(dir: string): ReadAttempt | UnreadableAttempt | undefined {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(join(dir, 'record.json'), 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    return { why: messageOf(error).replaceAll(/\s+/g, ' ') }
  }
  const { data, error } = neededSchema.safeParse(value)
  return error === undefined ? { record: data } : { why: firstIssue(error, 'record', value) }
}

/** The run, from its attempts in their order. `path` is its directory below the campaign. */
export function runFacts(path: string, attempts: readonly [NeededRecord, ...NeededRecord[]]): RunFacts {
  const last = attempts.at(-1) ?? attempts[0]
  const { scenario, outcome, seed, reason } = last
  const { startedAt, tookMs, spawnToReadyMs, vcpusWaitedShare } = last.timings
  return {
    path,
    line: {
      scenario,
      kernel: last.kernel.source,
      machine: last.machine.name,
      accel: last.accel.used,
      setup: setupOf(last),
    },
    kernel: { sha256: last.kernel.sha256 ?? '', release: last.kernel.release },
    seed,
    attempt: last.attempts,
    outcome,
    earlier: attempts.slice(0, -1).map((attempt) => attempt.outcome),
    startedMs: Date.parse(startedAt),
    ...(tookMs === undefined ? {} : { runMs: tookMs }),
    ...(spawnToReadyMs === undefined ? {} : { readyMs: spawnToReadyMs }),
    ...(last.guest.start === undefined ? {} : { start: last.guest.start }),
    ...(vcpusWaitedShare === undefined ? {} : { waited: vcpusWaitedShare }),
    reason,
    side: sideOfRun(attempts.map(asAttempt)),
  }
}

/** Absent is absent: no key whose value is undefined. */
function asAttempt({ stage, ...rest }: NeededRecord): NeededRecord & Pick<RunRecord, 'stage'> {
  return { ...rest, ...(stage === undefined ? {} : { stage }) }
}

function setupOf({ options: { append, qemuArgs, soakSeconds } }: NeededRecord): string {
  const asked = {
    ...(append === '' ? {} : { append }),
    ...(qemuArgs.length === 0 ? {} : { qemuArgs }),
    ...(soakSeconds === undefined ? {} : { soakSeconds }),
  }
  return Object.keys(asked).length === 0 ? '' : JSON.stringify(asked)
}
