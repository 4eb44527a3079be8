/** Puts together campaign.json from a campaign's request and from what was asked of irqlab. */
import { basename } from 'node:path'
import { CAMPAIGN_PLAN_SCHEMA, type CampaignPlan } from '../record/campaign-plan.ts'
import { thisProcess } from '../host/process-identity.ts'
import type { CampaignRequest } from './run-campaign.ts'
import { runNameOf } from './run-name.ts'

/** What a request does not say, because it makes no difference to its runs. */
export interface AskedOfIrqlab {
  /** See host/irqlab-version.ts. */
  readonly irqlab: string
  readonly command: readonly string[]
  readonly startedAt: Date
  readonly accel: CampaignPlan['options']['accel']
  readonly machines: readonly string[]
  readonly repeat: number
  readonly failOnKnown: boolean
  readonly seed: number
  readonly maxFail?: number
  readonly shard?: { readonly index: number; readonly of: number }
}

/** The plan of a campaign that is about to start, or to go on: then it keeps its start and its command. */
export function composePlan(
  request: CampaignRequest,
  asked: AskedOfIrqlab,
  resumed?: CampaignPlan,
): CampaignPlan {
  const { soakSeconds } = request
  const { maxFail, shard } = asked
  const brackets = bracketsOf(request)
  return {
    schema: CAMPAIGN_PLAN_SCHEMA,
    campaign: basename(request.dir.dir),
    irqlab: asked.irqlab,
    command: resumed?.command ?? [...asked.command],
    startedAt: resumed?.startedAt ?? asked.startedAt.toISOString(),
    ...(resumed === undefined
      ? {}
      : { resumedAt: [...(resumed.resumedAt ?? []), asked.startedAt.toISOString()] }),
    process: thisProcess(),
    ...(shard === undefined ? {} : { shard: { ...shard } }),
    accel: { used: request.accelerator.name, qemu: request.qemu.version.text },
    guest: { sha256: request.guest.sha256 },
    options: {
      machines: [...asked.machines],
      ...(request.guest.flavour === 'micro' ? {} : { guest: request.guest.text }),
      append: request.append,
      qemuArgs: [...request.qemuArgs],
      timeoutScale: request.timeoutScale,
      ...(soakSeconds === undefined ? {} : { soakSeconds }),
      cold: request.cold,
      retries: request.retries,
      jobs: request.jobs,
      accel: asked.accel,
      repeat: asked.repeat,
      ...(maxFail === undefined ? {} : { maxFail }),
      failOnKnown: asked.failOnKnown,
    },
    ...(brackets.length === 0 ? {} : { brackets }),
    seed: asked.seed,
    runs: request.runs.map((run) => plannedRun(request, run)),
  }
}

function bracketsOf({ runs }: CampaignRequest): NonNullable<CampaignPlan['brackets']> {
  const scenarios = [...new Set(runs.map(({ scenario }) => scenario))]
  return scenarios.flatMap(({ name, bracket }) =>
    bracket === undefined ? [] : [{ name, bracket: { violated: bracket.violated, held: bracket.held } }],
  )
}

function plannedRun(
  { runs, dir, results }: CampaignRequest,
  run: CampaignRequest['runs'][number],
): CampaignPlan['runs'][number] {
  const { scenario, kernel, machine, repeat, seed } = run
  const { source, release, sha256, packageVersion } = kernel
  return {
    run: dir.runName(results, runNameOf(runs, run)),
    scenario: scenario.name,
    question: scenario.question,
    kernel: { source, release, sha256, ...(packageVersion === undefined ? {} : { packageVersion }) },
    machine: machine.name,
    repeat,
    seed,
  }
}
