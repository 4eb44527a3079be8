/** The reports of a campaign that is at work: made from `--reporter`, and told of its runs. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CampaignListener, CampaignRequest } from '../campaign/run-campaign.ts'
import { runNameOf } from '../campaign/run-name.ts'
import type { RunRecord } from '../record/run-record.ts'
import { A_FILE } from '../report/format.ts'
import { formatOf, type ReportKind } from '../report/formats.ts'
import { LiveReports } from '../report/live-reports.ts'
import type { Progress } from '../report/progress.ts'
import { ReportFile } from '../report/report-file.ts'
import { eventStream, type ReportStream, streamOf } from '../report/report-stream.ts'
import { wholeReport } from '../report/whole-report.ts'
import { STEP_SUMMARY_BYTES_MAX, stepSummary, stepSummaryText } from '../report/step-summary.ts'
import type { FileTarget, ReportTargets } from './report-targets.ts'

/** What a person sees is the listener's own matter: these two are not streamed. */
export function isForPeople(kind: ReportKind): kind is 'pretty' | 'plain' {
  return kind === 'pretty' || kind === 'plain'
}

/** The reports, none of them begun. */
export async function campaignReports(
  { shown, files, stepSummary: summary }: ReportTargets,
  progress: Progress,
): Promise<LiveReports> {
  // A live line on a terminal gives way to what is written.
  const write = (text: string): void => {
    if (text !== '') progress.above(() => process.stdout.write(text))
  }
  return new LiveReports(
    [...(await Promise.all(files.map(fileOf))), ...(summary === undefined ? [] : [summaryFile(summary)])],
    isForPeople(shown) ? undefined : await stream(shown, write),
  )
}

/** A listener that tells the reports, too. */
export function reporting<Run extends Parameters<typeof runNameOf>[1]>(
  inner: CampaignListener<Run>,
  reports: LiveReports,
  { runs, dir, results }: Pick<CampaignRequest, 'dir' | 'results'> & { readonly runs: readonly Run[] },
): CampaignListener<Run> {
  const ended = (record: RunRecord, isLast: boolean): void => {
    reports.attemptEnded(record, join(results, record.run, `attempt-${record.attempts}`), isLast)
  }
  return {
    ...inner,
    onRunStart: (run, attempt) => {
      inner.onRunStart(run, attempt)
      reports.started(dir.runName(results, runNameOf(runs, run)), attempt)
    },
    onRunEnd: (record, run, isLast) => {
      inner.onRunEnd(record, run, isLast)
      ended(record, isLast)
    },
    onKept: (record, run) => {
      inner.onKept(record, run)
      ended(record, true)
    },
  }
}

/**
 * The text that a report in a file has; of `github` that is the step summary, because annotations work on standard output
 * alone. The format is loaded now: what it costs is not to be taken for what a report costs.
 */
export async function fileOf({ kind, file }: FileTarget): Promise<ReportFile> {
  const format = kind === 'github' ? stepSummary : await formatOf(kind)
  return new ReportFile(file, (campaign) => wholeReport(format, campaign, A_FILE))
}

/** Behind what earlier commands of the step wrote; with that, it must not be larger than GitHub takes. */
export function summaryFile(path: string): ReportFile {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const bytesMax = STEP_SUMMARY_BYTES_MAX - Buffer.byteLength(before)
  return new ReportFile(path, (campaign) => `${before}${stepSummaryText(campaign, bytesMax)}`)
}

async function stream(kind: ReportKind, write: (text: string) => void): Promise<ReportStream> {
  if (kind === 'jsonl') return eventStream(write)
  const place = {
    isTTY: process.stdout.isTTY,
    width: process.stdout.isTTY ? process.stdout.columns : undefined,
  }
  return streamOf(await formatOf(kind), place, write)
}
