/** A line of history with all that is said of it: what a page, a table and a script read. Pure. */
import type { KeptCampaign } from './campaigns.ts'
import type { HistoryLine } from './lines.ts'
import { type Spread, spreadOf } from './spread.ts'
import { NEWS, type Standing, standingOf } from './standing.ts'

/** A line, judged. */
export interface JudgedLine {
  readonly line: HistoryLine
  readonly standing: Standing
  /** How long its runs took, of those that came to verdicts; undefined: nobody noted it. */
  readonly took: Spread | undefined
  /** The campaign in which the failure began that is still there. */
  readonly failingSince: KeptCampaign | undefined
}

/** The lines with what is said of them: what is new and bad first, then what is flaky. */
export function judgedLines(
  lines: readonly HistoryLine[],
  campaigns: readonly KeptCampaign[],
): readonly JudgedLine[] {
  const byId = new Map(campaigns.map((campaign) => [campaign.id, campaign]))
  return lines
    .map((line): JudgedLine => {
      const standing = standingOf(line.runs)
      const since = standing.failingSince
      return {
        line,
        standing,
        took: spreadOf(timedRuns(line).map(({ runMs }) => runMs)),
        failingSince: since === undefined ? undefined : byId.get(since),
      }
    })
    .toSorted((a, b) => rankOf(a) - rankOf(b))
}

/** The runs of a line whose duration says something: they came to verdicts. */
export function timedRuns({
  runs,
}: HistoryLine): readonly { readonly startedMs: number; readonly runMs: number }[] {
  return runs.flatMap(({ outcome, startedMs, runMs }) =>
    runMs === undefined || outcome === 'skip' || outcome === 'broken' ? [] : [{ startedMs, runMs }],
  )
}

/** Flaky lines come behind what is bad now, and before what is known or well. */
function rankOf({ standing: { news, steadiness } }: JudgedLine): number {
  const rank = NEWS.indexOf(news)
  const flakyRank = NEWS.indexOf('known') - 0.5
  return steadiness === 'flaky' ? Math.min(rank, flakyRank) : rank
}
