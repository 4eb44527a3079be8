/** A campaign as events, one JSON object a line: its start, each attempt's start and end, its end. Versioned: irqlab.events/1. */
import type { Campaign } from '../record/read-campaign.ts'
import type { RunRecord } from '../record/run-record.ts'
import { type CampaignEvent, EVENTS_SCHEMA } from './campaign-events.ts'
import type { WholeFormat } from './format.ts'
import { countsOf, reportedRuns } from './reported-run.ts'
import { worst } from '../campaign/outcome.ts'

/** The format. */
export const jsonlReport: WholeFormat = {
  whole: (campaign) =>
    [
      startEvent(campaign),
      ...attemptEvents(campaign),
      ...(campaign.plan !== undefined && campaign.plan.endedAt === undefined ? [] : [endEvent(campaign)]),
    ]
      .map(eventLine)
      .join(''),
}

/** The line of an event. */
export function eventLine(event: CampaignEvent): string {
  return `${JSON.stringify(event)}\n`
}

/** The first event. */
export function startEvent({ plan, name, runs, attempts }: Campaign): CampaignEvent {
  return {
    event: 'campaign-start',
    schema: EVENTS_SCHEMA,
    at: plan?.startedAt ?? attempts[0]?.timings.startedAt ?? '',
    campaign: name,
    ...(plan === undefined ? {} : { irqlab: plan.irqlab, seed: plan.seed, options: plan.options }),
    ...(plan?.shard === undefined ? {} : { shard: plan.shard }),
    runs: runs.map(({ run, scenario, kernel, machine, repeat, seed }) => {
      return { run, scenario, kernel, machine, repeat, seed }
    }),
  }
}

/** An attempt begins. */
export function runStartEvent(run: string, attempt: number, at: string): CampaignEvent {
  return { event: 'run-start', at, run, attempt }
}

/** An attempt is over. */
export function runEndEvent(record: RunRecord): CampaignEvent {
  const { run, attempts, outcome, reason, stage, hint, need, verdicts, seed } = record
  const states = verdicts.map(({ state }) => state)
  const count = (state: (typeof states)[number]) => states.filter((one) => one === state).length
  const { tookMs } = record.timings
  return {
    event: 'run-end',
    at: endOf(record),
    run,
    attempt: attempts,
    outcome,
    reason,
    ...(stage === undefined ? {} : { stage }),
    ...(hint === undefined ? {} : { hint }),
    ...(need === undefined ? {} : { need }),
    verdicts: { held: count('held'), violated: count('violated'), unproven: count('unproven') },
    against: verdicts
      .filter(({ state }) => state !== 'held')
      .map(({ law, queue, irq, move, state, sentence }) => ({ law, queue, irq, move, state, sentence })),
    seed,
    ...(tookMs === undefined ? {} : { tookMs }),
    record: `${run}/attempt-${attempts}/record.json`,
  }
}

/** The last event. Whoever finds none knows that the campaign was killed, or still runs. */
export function endEvent(campaign: Campaign): CampaignEvent {
  const runs = reportedRuns(campaign)
  const { plan, attempts, notRun } = campaign
  const outcomes = runs.flatMap(({ state }) => (state === 'not run' ? ['broken' as const] : [state]))
  return {
    event: 'campaign-end',
    at: plan?.endedAt ?? attempts.map(endOf).sort().at(-1) ?? '',
    ...(plan?.endedBy === undefined ? {} : { endedBy: plan.endedBy }),
    outcome: worst(outcomes),
    counts: Object.fromEntries(countsOf(runs)),
    notRun: notRun.map(({ run }) => run),
  }
}

/** As they came; with several side by side, an end before a start of the same moment. */
function attemptEvents({ attempts }: Campaign): readonly CampaignEvent[] {
  const events = attempts.flatMap((record) => [
    runStartEvent(record.run, record.attempts, record.timings.startedAt),
    runEndEvent(record),
  ])
  return events
    .map((event, at) => ({ event, at }))
    .sort((a, b) => (a.event.at < b.event.at ? -1 : a.event.at > b.event.at ? 1 : a.at - b.at))
    .map(({ event }) => event)
}

/** When it was over, as far as its record says. */
function endOf({ timings: { startedAt, tookMs = 0 } }: RunRecord): string {
  return new Date(Date.parse(startedAt) + tookMs).toISOString()
}
