/** What does the page of trends show? Each line over the newest campaigns, and how long its runs took. Asked of the index. */
import type { DatabaseSync } from 'node:sqlite'
import { grouped } from '../base/grouped.ts'
import { type Outcome, OUTCOMES } from '../record/run-record.ts'
import { campaignsIn, type KeptCampaign, newestCampaigns } from './campaigns.ts'
import { type JudgedLine, judgedLines, timedRuns } from './history-line.ts'
import { type LineFilter, linesIn } from './lines.ts'

/** What one campaign said of a line: the worst of its runs. */
export interface TrendCell {
  readonly outcome: Outcome
  readonly runs: number
}

/** A line, as the page shows it. */
export interface TrendLine extends JudgedLine {
  /** One of each campaign; undefined: it did not ask this. */
  readonly cells: readonly (TrendCell | undefined)[]
  /** The oldest first. */
  readonly durations: readonly { readonly startedMs: number; readonly runMs: number }[]
}

/** The page. */
export interface Trend {
  /** The oldest first. */
  readonly campaigns: readonly KeptCampaign[]
  /** Flaky ones first, then what is new and bad. */
  readonly lines: readonly TrendLine[]
  /** Lines that were only ever skipped: not shown. */
  readonly onlySkipped: number
}

/** As many campaigns as can be told apart side by side. */
const CAMPAIGNS_MAX = 40

/** The trend of the lines that the filter lets through. Throws as `linesIn`. */
export function trendOf(index: DatabaseSync, filter: LineFilter): Trend {
  const campaigns = newestCampaigns(index, CAMPAIGNS_MAX, filter.sinceMs)
  const judged = judgedLines(linesIn(index, filter), campaignsIn(index))
  const shown = judged.filter(({ standing }) => standing.passRate !== undefined)
  const isFlaky = ({ standing }: JudgedLine) => standing.steadiness === 'flaky'
  const sorted = [...shown.filter(isFlaky), ...shown.filter((line) => !isFlaky(line))]
  return {
    campaigns,
    lines: sorted.map((one) => ({ ...one, cells: cellsOf(one, campaigns), durations: timedRuns(one.line) })),
    onlySkipped: judged.length - shown.length,
  }
}

function cellsOf(
  { line }: JudgedLine,
  campaigns: readonly KeptCampaign[],
): readonly (TrendCell | undefined)[] {
  const byCampaign = grouped(line.runs, ({ campaign }) => campaign)
  return campaigns.map(({ id }) => {
    const runs = byCampaign.get(id)
    if (runs === undefined) return undefined
    const outcomes = new Set(runs.map(({ outcome }) => outcome))
    const worst = OUTCOMES.find((outcome) => outcome !== 'skip' && outcomes.has(outcome))
    return { outcome: worst ?? 'skip', runs: runs.length }
  })
}
