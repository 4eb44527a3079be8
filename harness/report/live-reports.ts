/** All reports of a campaign while it runs: files that are whole after each run, and one that streams to standard output. */
import { messageOf } from '../base/errors.ts'
import type { CampaignPlan } from '../record/campaign-plan.ts'
import { type Campaign, campaignOf } from '../record/read-campaign.ts'
import type { RunRecord } from '../record/run-record.ts'
import type { ReportFile } from './report-file.ts'
import type { ReportStream } from './report-stream.ts'

/** An attempt that is over, and its directory. */
export type FoundAttempt = readonly [record: RunRecord, dir: string]

/** Keeps all reports of one campaign up to date. */
export class LiveReports {
  readonly #files: readonly ReportFile[]
  readonly #stream: ReportStream | undefined
  readonly #attempts: FoundAttempt[] = []
  #now: (() => Campaign) | undefined

  constructor(files: readonly ReportFile[], stream?: ReportStream) {
    this.#files = files
    this.#stream = stream
  }

  /** The campaign begins. When it is resumed, `before` are the attempts that there are, and `due` the runs to come. */
  begin(
    plan: CampaignPlan,
    dir: string,
    before: readonly FoundAttempt[] = [],
    due: ReadonlySet<string> = new Set(),
  ): void {
    this.#attempts.push(...before)
    this.#now = () => campaignOf(dir, plan, this.#attempts)
    this.#stream?.begin(this.#now(), due)
    for (const file of this.#files) file.update(this.#now)
  }

  /** An attempt starts. */
  started(run: string, attempt: number): void {
    this.#stream?.started(run, attempt)
  }

  /** An attempt is over; after the last one no other follows. */
  attemptEnded(record: RunRecord, dir: string, isLast: boolean): void {
    this.#attempts.push([record, dir])
    if (this.#now === undefined) return
    if (this.#stream !== undefined) this.#stream.attemptEnded(this.#now(), record, isLast)
    for (const file of this.#files) file.update(this.#now)
  }

  /** The campaign is over. Gives all of it, and a line for each report that could not be written. */
  async end(
    plan: CampaignPlan,
    dir: string,
  ): Promise<{ readonly campaign: Campaign; readonly troubles: readonly string[] }> {
    const campaign = campaignOf(dir, plan, this.#attempts)
    this.#stream?.end(campaign)
    return { campaign, troubles: await writeReports(this.#files, campaign) }
  }
}

/** The last word of each file. Gives a line for each that could not be written. */
export async function writeReports(
  files: readonly ReportFile[],
  campaign: Campaign,
): Promise<readonly string[]> {
  const troubles: string[] = []
  for (const file of files) {
    await file
      .end(() => campaign)
      .catch((error: unknown) => troubles.push(`${file.path} could not be written: ${messageOf(error)}`))
  }
  return troubles
}
