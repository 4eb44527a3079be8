/** A whole campaign in one HTML file: what a person reads at 8 a.m., made from records and evidence alone. */
import { deflateRawSync } from 'node:zlib'
import { formatMs } from '../../base/deadline.ts'
import type { Campaign } from '../../record/read-campaign.ts'
import type { RunRecord } from '../../record/run-record.ts'
import type { WholeFormat } from '../format.ts'
import { attemptData } from './attempt-data.ts'
import { overviewHtml } from './overview.ts'
import { whyNotRun } from '../reported-run.ts'
import { pageHtml } from './page-frame.ts'
import type { RunData } from './report-data.ts'
import { type RowOfRun, rowsOfRuns } from './rows.ts'

/** As `--reporter html=FILE` and `irqlab report` make it. */
export const htmlFormat: WholeFormat = { whole: htmlReport }

/** The text of the file. Reads the evidence of every attempt; of one that cannot be read the page says so. */
export function htmlReport(campaign: Campaign): string {
  const runs = rowsOfRuns(campaign)
  return pageHtml({
    title: titleOf(runs),
    lead: leadOf(campaign, runs),
    body: overviewHtml(runs),
    styles: ['report.css'],
    libraries: ['d3-axis', 'd3-scale', 'd3-selection'],
    script: 'page/report.ts',
    // Packed one by one: the browser unpacks only what is opened.
    data: new Map(runs.map((run, at) => [`data-${at}`, packed(campaign, run)])),
  })
}

function runData(campaign: Campaign, { question, attempts }: RowOfRun): RunData {
  return {
    question,
    attempts: attempts
      .toReversed()
      .map((record) => attemptData(record, campaign.dirs.get(record) ?? campaign.dir)),
  }
}

/** Of runs that were packed before: while a campaign goes on, its report is made again after each of them. */
const PACKED = new WeakMap<RunRecord, { readonly attempts: number; readonly text: string }>()

/** Deflated without a header, in base64: a tenth of the JSON, and no text of a console stands in the page. */
function packed(campaign: Campaign, run: RowOfRun): string {
  const last = run.attempts.at(-1)
  const known = last === undefined ? undefined : PACKED.get(last)
  if (known?.attempts === run.attempts.length) return known.text
  const text = deflateRawSync(JSON.stringify(runData(campaign, run)), { level: 9 }).toString('base64')
  if (last !== undefined) PACKED.set(last, { attempts: run.attempts.length, text })
  return text
}

function titleOf(runs: readonly RowOfRun[]): string {
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

function leadOf(campaign: Campaign, runs: readonly RowOfRun[]): string {
  const { plan, attempts, name, notRun } = campaign
  const started = plan?.startedAt ?? attempts[0]?.timings.startedAt
  const ended = plan?.endedAt
  const took =
    started === undefined || ended === undefined
      ? ''
      : `, took ${formatMs(Date.parse(ended) - Date.parse(started))}`
  const when = started === undefined ? '' : `Started ${started.slice(0, 16).replace('T', ' ')} UTC${took}. `
  const why = whyNotRun(campaign)
  const stopped = why === undefined ? '' : `${why.replace(/^t/, 'T')}: ${notRun.length} not run. `
  const shard = plan?.shard === undefined ? '' : `Shard ${plan.shard.index} of ${plan.shard.of}. `
  const verdicts = runs.reduce((sum, { row }) => sum + row.verdicts.reduce((a, b) => a + b, 0), 0)
  return `${when}${shard}${stopped}${verdicts} verdicts of the kernel's laws. Campaign ${name}.`
}
