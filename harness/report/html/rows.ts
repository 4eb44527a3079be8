/** The runs of a campaign as rows: those that ended by their last attempt, the others as not run; the worst first. */
import { grouped } from '../../base/grouped.ts'
import type { Campaign } from '../../record/read-campaign.ts'
import type { RunRecord } from '../../record/run-record.ts'
import type { OutcomeWord, RunRow } from './report-data.ts'
import { withoutPaths } from './without-paths.ts'

/** All words for what became of a run, the worst first. */
export const OUTCOME_WORDS: readonly OutcomeWord[] = [
  'fail',
  'fixed',
  'broken',
  'not run',
  'known',
  'skip',
  'pass',
]

/** Beside colour and word, for whoever cannot tell the colours apart. */
export const OUTCOME_SIGNS: Readonly<Record<OutcomeWord, string>> = {
  fail: '✗',
  fixed: '!',
  broken: '?',
  'not run': '…',
  known: '~',
  skip: '–',
  pass: '✓',
}

/** One run with all its attempts, in their order; none of a run that was not run. */
export interface ReportedRun {
  readonly row: RunRow
  readonly question: string
  readonly attempts: readonly RunRecord[]
}

/** In the order of the table. */
export function reportedRuns(campaign: Campaign): readonly ReportedRun[] {
  const attempts = grouped(campaign.attempts, ({ run }) => run)
  const planned = new Set(campaign.runs.map(({ run }) => run))
  const runs = [
    ...campaign.runs,
    // A record that no plan knows of is shown all the same.
    ...[...campaign.last.values()]
      .filter(({ run }) => !planned.has(run))
      .map((record) => ({ ...record, machine: record.machine.name, repeat: 1 })),
  ].map(({ run, scenario, question, kernel, machine, repeat }): ReportedRun => {
    const last = campaign.last.get(run)
    const row: RunRow = {
      scenario,
      release: kernel.release,
      source: sourceWords(kernel.source),
      machine,
      repeat: repeat > 1 ? String(repeat) : '',
      outcome: last?.outcome ?? 'not run',
      reason: withoutPaths(last?.reason ?? 'the campaign ended before its turn came'),
      verdicts: [count(last, 'held'), count(last, 'violated'), count(last, 'unproven')],
      tookMs: last?.timings.totalMs,
      attempts: last?.attempts ?? 0,
    }
    return { row, question, attempts: attempts.get(run) ?? [] }
  })
  const rank = ({ row }: ReportedRun) => OUTCOME_WORDS.indexOf(row.outcome)
  return runs.toSorted((a, b) => rank(a) - rank(b))
}

/** What is to be said of a kernel beside its release: nothing of a packaged one, else what it was built from. */
function sourceWords(source: string): string {
  if (source.startsWith('debian:')) return ''
  const [base = '', ...parts] = source.split(/,(?=\w+=)/)
  const patches = parts.map((part) => part.replace(/^patch=.*\//, '').replace(/^patch=/, ''))
  return withoutPaths([base, ...patches].join(' + '))
}

function count(record: RunRecord | undefined, state: 'held' | 'violated' | 'unproven'): number {
  return record?.verdicts.filter((verdict) => verdict.state === state).length ?? 0
}
