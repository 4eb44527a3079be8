/** A report on standard output, while the campaign runs: each run when it ends, what was not run at the end. */
import type { Campaign } from '../record/read-campaign.ts'
import type { RunRecord } from '../record/run-record.ts'
import type { ReportFormat, ReportPlace } from './format.ts'
import { endEvent, eventLine, runEndEvent, runStartEvent, startEvent } from './jsonl-report.ts'
import { reportedRun, reportedRuns } from './reported-run.ts'

/** What a stream is told. */
export interface ReportStream {
  /** Runs in `due` are to come, whatever record there is of them. */
  begin(campaign: Campaign, due: ReadonlySet<string>): void
  started(run: string, attempt: number): void
  attemptEnded(campaign: Campaign, record: RunRecord, isLast: boolean): void
  end(campaign: Campaign): void
}

/** A format of pieces writes them as they come, a whole one all of it at the end. */
export function streamOf(
  format: ReportFormat,
  place: ReportPlace,
  write: (text: string) => void,
): ReportStream {
  if ('whole' in format) return { ...SILENT, end: (campaign) => write(format.whole(campaign, place)) }
  const written = new Set<string>()
  const part = (campaign: Campaign, run: string): void => {
    const planned = campaign.runs.find((one) => one.run === run)
    if (planned === undefined || written.has(run)) return
    written.add(run)
    write(format.part(reportedRun(planned, campaign.last.get(run)), written.size, campaign, place))
  }
  return {
    begin: (campaign, due) => {
      write(format.head(campaign))
      for (const { planned, record } of reportedRuns(campaign))
        if (record !== undefined && !due.has(planned.run)) part(campaign, planned.run)
    },
    started: () => undefined,
    attemptEnded: (campaign, { run }, isLast) => {
      if (isLast) part(campaign, run)
    },
    end: (campaign) => {
      for (const { run } of campaign.runs) part(campaign, run)
      write(format.tail(campaign, place))
    },
  }
}

/** Events, when they happen. */
export function eventStream(write: (text: string) => void): ReportStream {
  return {
    begin: (campaign) => {
      write(eventLine(startEvent(campaign)))
      for (const record of campaign.attempts) {
        write(eventLine(runStartEvent(record.run, record.attempts, record.timings.startedAt)))
        write(eventLine(runEndEvent(record)))
      }
    },
    started: (run, attempt) => write(eventLine(runStartEvent(run, attempt, new Date().toISOString()))),
    attemptEnded: (_, record) => write(eventLine(runEndEvent(record))),
    end: (campaign) => write(eventLine(endEvent(campaign))),
  }
}

const SILENT = { begin: () => undefined, started: () => undefined, attemptEnded: () => undefined }
