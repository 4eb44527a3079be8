/** A campaign for a person: with tables and colours on a terminal, or a line a run for a log; what is not a pass is explained. */
import type { Campaign } from '../record/read-campaign.ts'
import { bracketLines } from './bracket-lines.ts'
import { paletteFor } from './colour.ts'
import type { ReportPlace, StreamFormat } from './format.ts'
import { campaignLines, notRunLines, runLines, type RunLook } from './pretty.ts'
import { lastRecords, type ReportedRun } from './reported-run.ts'

/** With more runs than this the tables of those that passed are not shown. */
const TABLES_MAX = 10

/** What is to be shown of each run of a campaign. */
export function detailFor(kind: 'pretty' | 'plain', runs: number): NonNullable<RunLook['detail']> {
  if (kind === 'plain') return 'plain'
  return runs > TABLES_MAX ? 'brief' : 'tables'
}

/** What a terminal shows. */
export const prettyReport: StreamFormat = reportOf('pretty')

/** What a log shows. */
export const plainReport: StreamFormat = reportOf('plain')

/** The last lines: regressions that are bracketed, what was not run, a table where that says something, the counts. */
export function closingLines(campaign: Campaign, place: ReportPlace): readonly string[] {
  const records = lastRecords(campaign)
  return [
    ...bracketLines(campaign.plan?.brackets ?? [], records),
    ...notRunLines(campaign),
    ...campaignLines(records, campaign.dir, paletteFor(place), campaign.notRun.length),
  ]
}

function reportOf(kind: 'pretty' | 'plain'): StreamFormat {
  const placed = (place: ReportPlace): ReportPlace => (kind === 'plain' ? { isTTY: false } : place)
  return {
    head: () => '',
    part: (run, _, campaign, place) => lines(attemptLines(run, campaign, placed(place), kind)),
    tail: (campaign, place) => lines(closingLines(campaign, placed(place))),
  }
}

/** Every attempt is told, as it was while it ran: what broke first and passed then is worth a look. */
function attemptLines(
  { planned }: ReportedRun,
  { attempts, runs }: Campaign,
  place: ReportPlace,
  kind: 'pretty' | 'plain',
): readonly string[] {
  const look = { width: place.width, detail: detailFor(kind, runs.length) }
  return attempts
    .filter(({ run }) => run === planned.run)
    .flatMap((record) => runLines(record, paletteFor(place), record.timings.tookMs, look))
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('')
}
