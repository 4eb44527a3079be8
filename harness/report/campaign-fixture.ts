/** A campaign with everything that a report has to bear: each outcome, a run that was not run, and a console that is no text. */
import { aPlan, aPlannedRun, CAMPAIGN, recordOfPlanned } from '../record/campaign-fixture.ts'
import type { CampaignPlan, PlannedRun } from '../record/campaign-plan.ts'
import { type Campaign, campaignOf } from '../record/read-campaign.ts'
import { aVerdict } from '../record/record-fixture.ts'
import type { RunRecord } from '../record/run-record.ts'

/** Ends a comment of GitHub, a CDATA section, a test point, a YAML block, a KTAP stream; and colours a terminal. */
export const WILD = [
  '\u001b[31mOops\u001b[0m: \u0007bell \u0000nul \u0085next',
  ']]> & <script>alert("x")</script> \ud800 half',
  '::error::no command ##[error]nor this',
  'ok 7 - not a point # SKIP nor this',
  '  ...',
  'reboot: System halted',
  'Größe: 3 µs für Ärger, 日本',
]

const timing = (second: number) => ({
  timings: {
    startedAt: `2026-11-22T10:46:${String(second).padStart(2, '0')}.000Z`,
    totalMs: 14_900,
    tookMs: 12_345,
  },
})

const violated = aVerdict({
  law: 'held',
  move: 3,
  state: 'violated',
  sentence: 'effective went from 1 to 2 # before any interrupt: Größe',
  numbers: { from: '1', to: '2', firedOn: 2 },
})

/** What each scenario comes to; the last one is not run. */
const OUTCOMES: readonly (readonly [scenario: string, changes: Partial<RunRecord> | undefined])[] = [
  ['passes', {}],
  [
    'fails',
    {
      outcome: 'fail',
      reason: 'held violated on input.0 (irq 28): 1 to 2',
      verdicts: [aVerdict(), violated],
    },
  ],
  [
    'faults',
    { outcome: 'fail', reason: 'Kernel oops: Oops: int3', stage: 'kernel', console: WILD, verdicts: [] },
  ],
  [
    'breaks',
    {
      outcome: 'broken',
      reason: `no answer\n${WILD.join('\n')}`,
      stage: 'boot.ssh',
      hint: 'wait longer, 100%',
      console: WILD,
      verdicts: [],
    },
  ],
  [
    'is-known',
    {
      outcome: 'known',
      reason: 'held violated on input.0 (irq 28): 1 to 2 (#1 is why)',
      verdicts: [violated],
    },
  ],
  ['is-fixed', { outcome: 'fixed', reason: 'held held although it was declared to fail: #2' }],
  ['skips', { outcome: 'skip', reason: 'needs 8 CPUs: the machine # cannot', need: '8 CPUs', verdicts: [] }],
  ['never-was', undefined],
]

/** The campaign: ended by SIGINT before its last run. */
export function wildCampaign(changes: Partial<CampaignPlan> = {}): Campaign {
  const planned = OUTCOMES.map(([scenario]) => aPlannedRun({ scenario }))
  const records = OUTCOMES.flatMap(([scenario, made], at) => {
    const run = planned[at]
    return made === undefined || run === undefined
      ? []
      : [recordOfPlanned(run, { scenario, ...timing(at), ...made })]
  })
  return inMemory(aPlan({ runs: planned, endedBy: 'SIGINT', ...changes }), records)
}

/** A campaign of so many runs, all of them done. */
export function largeCampaign(count: number): Campaign {
  const runs: PlannedRun[] = []
  for (let repeat = 1; repeat <= count; repeat++) {
    const run = `${CAMPAIGN}/deferred-move/6.1.0-56-cloud-amd64/plain${repeat === 1 ? '' : `-repeat-${repeat}`}`
    runs.push(aPlannedRun({ run, repeat, seed: repeat }))
  }
  const verdicts = Array.from({ length: 80 }, (_, at) => aVerdict({ queue: `input.${at % 4}`, move: at }))
  const records = runs.map((run, at) =>
    recordOfPlanned(run, {
      ...timing(at % 60),
      verdicts,
      ...(at % 10 === 0 ? { outcome: 'fail', console: WILD } : {}),
    }),
  )
  return inMemory(aPlan({ runs }), records)
}

/** One of which nothing was asked. */
export function emptyCampaign(): Campaign {
  return inMemory(aPlan({ runs: [] }), [])
}

function inMemory(plan: CampaignPlan, records: readonly RunRecord[]): Campaign {
  return campaignOf(
    `/results/${plan.campaign}`,
    plan,
    records.map((record) => [record, `/results/${record.run}/attempt-${record.attempts}`]),
  )
}
