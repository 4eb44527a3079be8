/** What is to be said of each run of a campaign, whatever the format: its state, its names, how long it took. */
import type { Campaign } from '../record/read-campaign.ts'
import type { PlannedRun } from '../record/campaign-plan.ts'
import { type Outcome, OUTCOMES, type RunRecord } from '../record/run-record.ts'

/** An outcome, or none: killed, interrupted or given up before its turn. */
export type RunState = Outcome | 'not run'

/** One run of a campaign, done or not. */
export interface ReportedRun {
  readonly planned: PlannedRun
  /** The last attempt; absent: not run. */
  readonly record?: RunRecord
  readonly state: RunState
  /** The kernel as the run's name has it: it tells two kernels of one release apart. */
  readonly kernel: string
  /** The machine, and which repeat of it. */
  readonly machine: string
  /** As `deferred-move on plain, 6.1.0-56-cloud-amd64`, and the repeat where there are several. */
  readonly title: string
  /** Of the last attempt; absent: not run, or a record that does not say. */
  readonly tookMs?: number
}

/** All runs, in the order of the plan. */
export function reportedRuns(campaign: Campaign): readonly ReportedRun[] {
  return campaign.runs.map((planned) => reportedRun(planned, campaign.last.get(planned.run)))
}

/** One of them. */
export function reportedRun(planned: PlannedRun, record: RunRecord | undefined): ReportedRun {
  // <campaign>/<scenario>/<kernel>/<machine>: see record/campaign-plan.ts.
  const [machine = planned.machine, kernel = planned.kernel.release] = planned.run.split('/').toReversed()
  const repeat = planned.repeat > 1 ? `, repeat ${planned.repeat}` : ''
  const tookMs = record?.timings.tookMs
  return {
    planned,
    ...(record === undefined ? {} : { record }),
    state: record?.outcome ?? 'not run',
    kernel,
    machine,
    title: `${planned.scenario} on ${planned.machine}, ${kernel}${repeat}`,
    ...(tookMs === undefined ? {} : { tookMs }),
  }
}

/** All states that a run can be in, the worst first; one that was not run is as broken. */
const STATES: readonly RunState[] = OUTCOMES.flatMap((outcome) =>
  outcome === 'broken' ? [outcome, 'not run' as const] : [outcome],
)

/** How many runs are in each state that one is in, the worst first. */
export function countsOf(runs: readonly ReportedRun[]): readonly (readonly [RunState, number])[] {
  return STATES.flatMap((state) => {
    const count = runs.filter((run) => run.state === state).length
    return count === 0 ? [] : [[state, count] as const]
  })
}

/** As `1 fail, 2 not run, 58 pass`. */
export function countsText(runs: readonly ReportedRun[]): string {
  return (
    countsOf(runs)
      .map(([state, count]) => `${count} ${state}`)
      .join(', ') || 'no runs'
  )
}

/** Why runs are missing; undefined when none is. */
export function whyNotRun({ plan, notRun }: Campaign): string | undefined {
  if (notRun.length === 0) return undefined
  if (plan?.endedBy !== undefined) return `the campaign was ended by ${plan.endedBy}`
  return plan?.endedAt === undefined ? 'the campaign has not ended' : 'the campaign ended before it'
}

/** A failure that is declared, where that is a pass all the same; with `--fail-on known` it is none. */
export function isForgiven(campaign: Campaign, { state }: ReportedRun): boolean {
  return state === 'known' && campaign.plan?.options.failOnKnown !== true
}

/** The directory of the last attempt, below the results. */
export function evidenceOf({ record }: ReportedRun): string | undefined {
  return record === undefined ? undefined : `${record.run}/attempt-${record.attempts}`
}

/** The last attempts of all runs that have one, in the order of the plan. */
export function lastRecords({ runs, last }: Campaign): readonly RunRecord[] {
  return runs.flatMap(({ run }) => last.get(run) ?? [])
}
