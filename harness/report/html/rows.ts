/** The runs of a campaign as rows: those that ended by their last attempt, the others as not run; the worst first. */
import { grouped } from '../../base/grouped.ts'
import type { Campaign } from '../../record/read-campaign.ts'
import type { RunRecord } from '../../record/run-record.ts'
import { reportedRuns, whyNotRun } from '../reported-run.ts'
import type { OutcomeWord, RunRow } from './report-data.ts'
import { shownText } from './without-paths.ts'

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
export interface RowOfRun {
  readonly row: RunRow
  readonly question: string
  readonly attempts: readonly RunRecord[]
}

/** In the order of the table. */
export function rowsOfRuns(campaign: Campaign): readonly RowOfRun[] {
  const attempts = grouped(campaign.attempts, ({ run }) => run)
  const why = whyNotRun(campaign)
  const runs = reportedRuns(campaign).map(({ planned, record, state, tookMs }): RowOfRun => {
    const { run, scenario, question, kernel, machine, repeat } = planned
    const row: RunRow = {
      scenario,
      release: kernel.release,
      source: sourceWords(kernel.source),
      machine,
      repeat: repeat > 1 ? String(repeat) : '',
      outcome: state,
      reason: shownText(record?.reason ?? why ?? ''),
      verdicts: [count(record, 'held'), count(record, 'violated'), count(record, 'unproven')],
      tookMs,
      attempts: record?.attempts ?? 0,
    }
    return { row, question, attempts: attempts.get(run) ?? [] }
  })
  const rank = ({ row }: RowOfRun) => OUTCOME_WORDS.indexOf(row.outcome)
  return runs.toSorted((a, b) => rank(a) - rank(b))
}

/** What is to be said of a kernel beside its release: nothing of a packaged one, else what it was built from. */
function sourceWords(source: string): string {
  if (source.startsWith('debian:')) return ''
  const [base = '', ...parts] = source.split(/,(?=\w+=)/)
  const patches = parts.map((part) => part.replace(/^patch=.*\//, '').replace(/^patch=/, ''))
  return shownText([base, ...patches].join(' + '))
}

function count(record: RunRecord | undefined, state: 'held' | 'violated' | 'unproven'): number {
  return record?.verdicts.filter((verdict) => verdict.state === state).length ?? 0
}
