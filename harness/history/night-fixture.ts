/** Nights of campaigns that never were, for tests of what history makes of them. */
import { aPlan, writeCampaign } from '../record/campaign-fixture.ts'
import { aRecord, aVerdict } from '../record/record-fixture.ts'
import type { Outcome, RunRecord } from '../record/run-record.ts'

/** What is not as usual of a run. */
export interface NightRun {
  readonly scenario: string
  readonly outcome: Outcome
  readonly changes?: Partial<RunRecord>
  /** What attempts before the last came to. */
  readonly earlier?: readonly Outcome[]
  /** The kernel as asked for, and its SHA-256. */
  readonly kernel?: readonly [string, string]
  readonly repeat?: number
  readonly runMs?: number
}

/** Name of the campaign of a night; the first is 1. */
export function nightName(night: number): string {
  return `202611${String(night).padStart(2, '0')}T020000Z-nightly`
}

/** Writes the campaign of a night. `ended` false: it was killed, or still runs. `planned` are scenarios that were not run. */
export function writeNight(
  results: string,
  night: number,
  runs: readonly NightRun[],
  { ended = true, planned = [] }: { readonly ended?: boolean; readonly planned?: readonly string[] } = {},
): string {
  const campaign = nightName(night)
  const startedAt = `2026-11-${String(night).padStart(2, '0')}T02:00:00.000Z`
  const records = runs.flatMap((run) => recordsOf(campaign, startedAt, run))
  const { endedAt: _, ...open } = aPlan({ campaign, startedAt })
  const all = [
    ...records.map(({ run, scenario, kernel: { source, release } }) => ({ run, scenario, source, release })),
    ...planned.map((scenario) => ({
      run: `${campaign}/${scenario}/6.1.0/plain`,
      scenario,
      source: 'debian:6.1',
      release: '6.1.0',
    })),
  ]
  const names = new Map(all.map((one) => [one.run, one]))
  const plan = {
    ...open,
    ...(ended ? { endedAt: startedAt } : {}),
    runs: [...names.values()].map(({ run, scenario, source, release }) => ({
      run,
      scenario,
      question: 'Why?',
      kernel: { source, release },
      machine: 'plain',
      repeat: 1,
      seed: 1,
    })),
  }
  return writeCampaign(results, plan, records)
}

function recordsOf(campaign: string, startedAt: string, run: NightRun): readonly RunRecord[] {
  const [source, sha256] = run.kernel ?? ['debian:6.1', 'ab']
  const release = source.replace(/^.*[:/]/, '')
  const machine = run.repeat === undefined ? 'plain' : `plain-repeat-${run.repeat}`
  return [...(run.earlier ?? []), run.outcome].map((outcome, at) => {
    const state = outcome === 'fail' || outcome === 'known' ? 'violated' : 'held'
    return aRecord({
      run: `${campaign}/${run.scenario}/${release}.0/${machine}`,
      scenario: run.scenario,
      outcome,
      reason: outcome === 'pass' ? '1 verdicts held' : `${outcome} of ${campaign}`,
      ...(outcome === 'broken' ? { stage: 'boot.ssh' } : {}),
      kernel: { release: `${release}.0`, source, sha256 },
      attempts: at + 1,
      verdicts:
        outcome === 'broken' || outcome === 'skip'
          ? []
          : [aVerdict({ law: 'once', state, sentence: 'moved twice' })],
      timings: { startedAt, totalMs: 20_000, spawnToReadyMs: 500, tookMs: run.runMs ?? 10_000 },
      ...run.changes,
    })
  })
}
