/** `irqlab report`: makes any report of a campaign again, from what its directory holds. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Trouble } from '../base/errors.ts'
import { readCampaign } from '../record/read-campaign.ts'
import { DEFAULT_RESULTS } from '../record/results-dir.ts'
import { formatOf } from '../report/formats.ts'
import { writeReports } from '../report/live-reports.ts'
import { wholeReport } from '../report/whole-report.ts'
import { fileOf, summaryFile } from './campaign-reports.ts'
import { reportTargets } from './report-targets.ts'

/** Writes the reports. Gives 0, whatever the campaign came to. Throws `UsageError` for what is no campaign, and `Trouble`. */
export async function reportCommand(
  named: string,
  { reporter }: { readonly reporter: readonly string[] },
): Promise<number> {
  const { stdout } = process
  const targets = reportTargets(reporter, { isTTY: stdout.isTTY, env: process.env })
  const below = join(DEFAULT_RESULTS, named)
  const campaign = readCampaign(resolve(existsSync(resolve(named)) || !existsSync(below) ? named : below))
  const { files, shown, stepSummary } = targets
  const place = { isTTY: stdout.isTTY, width: stdout.isTTY ? stdout.columns : undefined }
  // Whoever asks for files alone wants nothing else.
  const isAsked = files.length === 0 || reporter.includes(shown)
  if (isAsked) stdout.write(wholeReport(await formatOf(shown), campaign, place))
  const all = [
    ...(await Promise.all(files.map(fileOf))),
    ...(stepSummary === undefined ? [] : [summaryFile(stepSummary)]),
  ]
  const troubles = await writeReports(all, campaign)
  if (troubles.length > 0) throw new Trouble('report', troubles.join('; '), { lasting: true })
  return 0
}
