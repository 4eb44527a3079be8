/** A whole campaign in one HTML file: what a person reads at 8 a.m., made from records and evidence alone. */
import { deflateRawSync } from 'node:zlib'
import { formatMs } from '../../base/deadline.ts'
import type { Campaign } from '../../record/read-campaign.ts'
import { attemptData } from './attempt-data.ts'
import { overviewHtml } from './overview.ts'
import { pageHtml } from './page-frame.ts'
import type { RunData } from './report-data.ts'
import { reportedRuns, type ReportedRun } from './rows.ts'

/** The text of the file. Reads the evidence of every attempt; of one that cannot be read the page says so. */
export function htmlReport(campaign: Campaign): string {
  const runs = reportedRuns(campaign)
  return pageHtml({
    title: titleOf(runs),
    lead: leadOf(campaign, runs),
    body: overviewHtml(runs),
    styles: ['report.css'],
    libraries: ['d3-axis', 'd3-scale', 'd3-selection'],
    script: 'page/report.ts',
    // Packed one by one: the browser unpacks only what is opened.
    data: new Map(runs.map((run, at) => [`data-${at}`, packed(runData(campaign, run))])),
  })
}

function runData(campaign: Campaign, { question, attempts }: ReportedRun): RunData {
  return {
    question,
    attempts: attempts
      .toReversed()
      .map((record) => attemptData(record, campaign.dirs.get(record) ?? campaign.dir)),
  }
}

/** Deflated without a header, in base64: a tenth of the JSON, and no text of a console stands in the page. */
function packed(value: RunData): string {
  return deflateRawSync(JSON.stringify(value), { level: 9 }).toString('base64')
}

function titleOf(runs: readonly ReportedRun[]): string {
  const scenarios = [...new Set(runs.map(({ row }) => row.scenario))]
  const kernels = new Set(runs.map(({ row }) => `${row.release} ${row.source}`))
  const [first, ...others] = scenarios
  if (first === undefined) return 'No runs'
  const what =
    others.length === 0
      ? first
      : others.length === 1
        ? scenarios.join(' and ')
        : `${scenarios.length} scenarios`
  const [kernel] = runs
  return kernels.size === 1 ? `${what} on ${kernel?.row.release}` : `${what} on ${kernels.size} kernels`
}

function leadOf({ plan, attempts, name, notRun }: Campaign, runs: readonly ReportedRun[]): string {
  const started = plan?.startedAt ?? attempts[0]?.timings.startedAt
  const ended = plan?.endedAt
  const took =
    started === undefined || ended === undefined
      ? ''
      : `, took ${formatMs(Date.parse(ended) - Date.parse(started))}`
  const when = started === undefined ? '' : `Started ${started.slice(0, 16).replace('T', ' ')} UTC${took}. `
  const stopped =
    plan?.endedBy !== undefined
      ? `It was ended by ${plan.endedBy}. `
      : plan !== undefined && ended === undefined && notRun.length > 0
        ? 'It has not ended, or was killed: the rest is not run. '
        : ''
  const shard = plan?.shard === undefined ? '' : `Shard ${plan.shard.index} of ${plan.shard.of}. `
  const verdicts = runs.reduce((sum, { row }) => sum + row.verdicts.reduce((a, b) => a + b, 0), 0)
  return `${when}${shard}${stopped}${verdicts} verdicts of the kernel's laws. Campaign ${name}.`
}
