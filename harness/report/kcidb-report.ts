/** A campaign as a submission to KCIDB, the kernel's database of test results: JSON of its schema 5.3 (kcidb-io, v05_03.py). */
import { createHash } from 'node:crypto'
import { UsageError } from '../base/errors.ts'
import type { Campaign } from '../record/read-campaign.ts'
import type { PlannedRun } from '../record/campaign-plan.ts'
import type { WholeFormat } from './format.ts'
import { evidenceOf, reportedRuns, type ReportedRun, type RunState, whyNotRun } from './reported-run.ts'
import { bounded, safeText } from './safe-text.ts'
import { verdictsByLaw } from './verdicts-by-law.ts'

/** The environment variable with the name under which KCIDB knows the submitter. */
const ORIGIN_VARIABLE = 'IRQLAB_KCIDB_ORIGIN'
/** `log_excerpt` holds at most so many characters. */
const EXCERPT_MAX = 16_384

/** What KCIDB calls each state: MISS was not run by a fault of the harness, ERROR came to no end. Known failures are failures there. */
const STATUS: Readonly<Record<RunState, string>> = {
  pass: 'PASS',
  fail: 'FAIL',
  known: 'FAIL',
  fixed: 'PASS',
  broken: 'ERROR',
  'not run': 'MISS',
  skip: 'SKIP',
}

/** The format. */
export const kcidbReport: WholeFormat = {
  whole: (campaign) => `${JSON.stringify(submission(campaign, originFrom(process.env)), null, 2)}\n`,
}

/** The origin; `irqlab` unless the environment names one. Throws `UsageError` for a name that KCIDB would not take. */
export function originFrom(env: NodeJS.ProcessEnv): string {
  const origin = env[ORIGIN_VARIABLE] ?? 'irqlab'
  if (/^[a-z0-9_]+$/.test(origin)) return origin
  throw new UsageError(
    `${ORIGIN_VARIABLE}=${JSON.stringify(origin)}: give small letters, digits and underscores, as KCIDB named you`,
  )
}

function submission(campaign: Campaign, origin: string): unknown {
  const runs = reportedRuns(campaign)
  const kernels = [...new Map(runs.map(({ planned }) => [kernelId(planned), planned.kernel]))]
  const known = runs.filter(({ state }) => state === 'known' || state === 'fixed')
  return {
    version: { major: 5, minor: 3 },
    checkouts: kernels.map(([id, kernel]) => ({
      id: `${origin}:${id}`,
      origin,
      comment:
        kernel.packageVersion === undefined ? kernel.source : `${kernel.source} ${kernel.packageVersion}`,
      misc: { irqlab: { ...kernel } },
    })),
    builds: kernels.map(([id, kernel]) => ({
      id: `${origin}:${id}`,
      checkout_id: `${origin}:${id}`,
      origin,
      architecture: 'x86_64',
      status: 'PASS',
      comment: kernel.release,
      misc: { irqlab: { ...kernel } },
    })),
    tests: runs.map((run) => testOf(campaign, run, origin)),
    issues: known
      .map((run) => ({
        id: issueId(run, origin),
        version: 1,
        origin,
        comment: safeText(run.record?.reason ?? ''),
        culprit: { code: true },
        misc: { irqlab: { scenario: run.planned.scenario } },
      }))
      .filter(({ id }, at, all) => all.findIndex((one) => one.id === id) === at),
    incidents: known.map((run) => ({
      id: `${issueId(run, origin)}/${shortHash(testId(campaign, run))}`,
      origin,
      issue_id: issueId(run, origin),
      issue_version: 1,
      test_id: `${origin}:${testId(campaign, run)}`,
      present: run.state === 'known',
    })),
  }
}

function testOf(campaign: Campaign, run: ReportedRun, origin: string): unknown {
  const { planned, record, state, tookMs } = run
  const words = record === undefined ? (whyNotRun(campaign) ?? '') : record.reason
  const accel = record?.accel ?? campaign.plan?.accel
  return {
    id: `${origin}:${testId(campaign, run)}`,
    build_id: `${origin}:${kernelId(planned)}`,
    origin,
    path: `irqlab.${planned.scenario.replaceAll(/[^\w-]/g, '_')}`,
    comment: safeText(planned.question),
    status: STATUS[state],
    ...(record === undefined ? {} : { start_time: record.timings.startedAt }),
    ...(tookMs === undefined ? {} : { duration: tookMs / 1000 }),
    environment: {
      comment: safeText(
        record?.host === undefined
          ? `machine ${planned.machine}, QEMU${accel === undefined ? '' : ` with ${accel.used}`}`
          : `the machine ${record.host.destination}`,
      ),
      misc: { irqlab: { machine: record?.machine ?? { name: planned.machine }, qemu: accel?.qemu } },
    },
    ...(record?.console === undefined || record.console.length === 0
      ? {}
      : { log_excerpt: bounded(safeText(record.console.join('\n')), EXCERPT_MAX) }),
    misc: {
      irqlab: {
        run: planned.run,
        outcome: state,
        reason: safeText(words),
        stage: record?.stage,
        seed: planned.seed,
        attempts: record?.attempts,
        version: campaign.plan?.irqlab,
        laws: Object.fromEntries(
          verdictsByLaw(record?.verdicts ?? []).map(({ law, state: is }) => [law, is]),
        ),
        evidence: evidenceOf(run),
      },
    },
  }
}

/** The same kernel has the same id in every campaign of a submitter. */
function kernelId({ kernel }: PlannedRun): string {
  return kernel.sha256 ?? shortHash(`${kernel.source} ${kernel.release}`)
}

/** Campaigns of two machines may have one name: their starts and processes have not. */
function testId({ plan }: Campaign, { planned, record }: ReportedRun): string {
  const maker = JSON.stringify([plan?.startedAt, plan?.process, record?.timings.startedAt])
  return `${planned.run}/${shortHash(maker)}`
}

/** What is declared to fail, and what is cured, is one issue: of the scenario that asks for it. */
function issueId({ planned }: ReportedRun, origin: string): string {
  return `${origin}:known-${planned.scenario}`
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
