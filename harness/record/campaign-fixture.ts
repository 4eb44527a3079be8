/** A campaign as a run leaves it, for tests that change one thing of it: a plan, and records of some of its runs. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  CAMPAIGN_PLAN_FILE,
  CAMPAIGN_PLAN_SCHEMA,
  type CampaignPlan,
  campaignPlanText,
  type PlannedRun,
} from './campaign-plan.ts'
import { aRecord } from './record-fixture.ts'
import type { RunRecord } from './run-record.ts'

/** The name of the campaign. */
export const CAMPAIGN = '20261122T104612Z-nightly'

/** A planned run. */
export function aPlannedRun(changes: Partial<PlannedRun> = {}): PlannedRun {
  const { scenario = 'deferred-move', machine = 'plain' } = changes
  const { release, ...kernel } = aRecord().kernel
  return {
    run: `${CAMPAIGN}/${scenario}/${release}/${machine}`,
    scenario,
    question: 'Does a new affinity wait for the next interrupt, and then take effect?',
    kernel: { release, ...kernel },
    machine,
    repeat: 1,
    seed: 1,
    ...changes,
  }
}

/** A plan that has ended. */
export function aPlan(changes: Partial<CampaignPlan> = {}): CampaignPlan {
  return {
    schema: CAMPAIGN_PLAN_SCHEMA,
    campaign: CAMPAIGN,
    irqlab: 'ab'.repeat(20),
    command: ['run', 'deferred-move'],
    startedAt: '2026-11-22T10:46:12.000Z',
    endedAt: '2026-11-22T11:00:00.000Z',
    options: {
      append: '',
      qemuArgs: [],
      timeoutScale: 1,
      cold: false,
      retries: 0,
      jobs: 1,
      accel: 'auto',
      failOnKnown: false,
    },
    seed: 1,
    runs: [aPlannedRun()],
    ...changes,
  }
}

/** The record of a planned run. */
export function recordOfPlanned(planned: PlannedRun, changes: Partial<RunRecord> = {}): RunRecord {
  const { run, scenario, question, machine, seed } = planned
  return aRecord({ run, scenario, question, machine: { name: machine }, seed, ...changes })
}

/** Writes the campaign below a directory, as results/ has it; gives the campaign's own. */
export function writeCampaign(
  results: string,
  plan: CampaignPlan | undefined,
  records: readonly RunRecord[],
): string {
  const dir = join(results, plan?.campaign ?? CAMPAIGN)
  mkdirSync(dir, { recursive: true })
  if (plan !== undefined) writeFileSync(join(dir, CAMPAIGN_PLAN_FILE), campaignPlanText(plan))
  for (const record of records) {
    const at = join(results, record.run, `attempt-${record.attempts}`)
    mkdirSync(at, { recursive: true })
    writeFileSync(join(at, 'record.json'), `${JSON.stringify(record, null, 2)}\n`)
  }
  return dir
}
