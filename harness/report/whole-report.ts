/** All of a report: what a file holds, and what a stream has written at its end. */
import type { Campaign } from '../record/read-campaign.ts'
import type { ReportFormat, ReportPlace } from './format.ts'
import { reportedRuns } from './reported-run.ts'

/** The whole report of a campaign. */
export function wholeReport(format: ReportFormat, campaign: Campaign, place: ReportPlace): string {
  if ('whole' in format) return format.whole(campaign, place)
  const parts = reportedRuns(campaign).map((run, at) => format.part(run, at + 1, campaign, place))
  return [format.head(campaign), ...parts, format.tail(campaign, place)].join('')
}
