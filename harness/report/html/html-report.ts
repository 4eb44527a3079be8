/** A whole campaign in one HTML file: what a person reads at 8 a.m., made from records and evidence alone. */
import { deflateRawSync } from 'node:zlib'
import { formatMs } from '../../base/deadline.ts'
import type { Campaign } from '../../record/read-campaign.ts'
import type { RunRecord } from '../../record/run-record.ts'
import type { WholeFormat } from '../format.ts'
import { attemptData, type Extent } from './attempt-data.ts'
import { overviewHtml } from './overview.ts'
import { whyNotRun } from '../reported-run.ts'
import { pageHtml } from './page-frame.ts'
import type { RunData } from './report-data.ts'
import { type RowOfRun, rowsOfRuns } from './rows.ts'

/** Characters of packed runs in one file, about 2000 of them; those after it come without their pictures. */
const PICTURES_MAX = 24 * 2 ** 20

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
    data: packedRuns(campaign, runs),
  })
}

/** Of runs that were packed before: while a campaign goes on, its report is made again after each of them. */
const PACKED = new WeakMap<RunRecord, { readonly attempts: number; readonly text: string }>()

/** The data of every run, under the name by which the page finds it. The worst come first, so they have their pictures. */
function packedRuns(campaign: Campaign, runs: readonly RowOfRun[]): ReadonlyMap<string, string> {
  const data = new Map<string, string>()
  let characters = 0
  for (const [at, run] of runs.entries()) {
    const text =
      characters < PICTURES_MAX ? packed(campaign, run) : packedData(runData(campaign, run, 'record alone'))
    characters += text.length
    data.set(`data-${at}`, text)
  }
  return data
}

function packed(campaign: Campaign, run: RowOfRun): string {
  const last = run.attempts.at(-1)
  const known = last === undefined ? undefined : PACKED.get(last)
  if (known?.attempts === run.attempts.length) return known.text
  const text = packedData(runData(campaign, run, 'with pictures'))
  if (last !== undefined) PACKED.set(last, { attempts: run.attempts.length, text })
  return text
}

/** Deflated without a header, in base64: a tenth of the JSON, and no text of a console stands in the page. */
function packedData(data: RunData): string {
  return deflateRawSync(JSON.stringify(data), { level: 9 }).toString('base64')
}

function runData(campaign: Campaign, { question, attempts }: RowOfRun, extent: Extent): RunData {
  return {
    question,
    attempts: attempts
      .toReversed()
      .map((record) => attemptData(record, campaign.dirs.get(record) ?? campaign.dir, extent)),
  }
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
