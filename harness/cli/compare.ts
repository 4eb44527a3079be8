/** `irqlab compare`: what is worse or better in a campaign than in another? By what their records say, and by what was known before. */
import type { DatabaseSync } from 'node:sqlite'
import { UsageError } from '../base/errors.ts'
import { runsBefore } from '../history/before.ts'
import { campaignNamed, campaignsToName } from '../history/campaign-named.ts'
import { unreadableIn } from '../history/campaigns.ts'
import { type CampaignsCompared, compareCampaigns, exitCodeOfCompared } from '../history/compare-campaigns.ts'
import type { ComparedCampaign } from '../history/compared-campaign.ts'
import { paletteFor } from '../report/colour.ts'
import { comparedJson } from '../report/compared-json.ts'
import { comparedLines } from '../report/compared-campaigns.ts'
import type { CompareOptions } from './history-options.ts'
import { askResults, resultsOf, unreadableLines } from './results-asked.ts'

/** Compares the second with the first. Throws `UsageError` when a campaign is not there. */
export async function compareCommand(a: string, b: string, options: CompareOptions): Promise<number> {
  const results = resultsOf(options)
  const { compared, unreadable } = await askResults(options, (index) => asked(index, a, b, results))
  for (const line of unreadableLines(unreadable)) process.stderr.write(`irqlab: ${line}\n`)
  const exitCode = exitCodeOfCompared(compared, { failOnSlower: options.failOn === 'slower' })
  const width = process.stdout.isTTY ? process.stdout.columns : undefined
  process.stdout.write(
    options.json === true
      ? comparedJson(compared, exitCode)
      : `${comparedLines(compared, paletteFor(process.stdout), width).join('\n')}\n`,
  )
  return exitCode
}

interface Answer {
  readonly compared: CampaignsCompared
  readonly unreadable: ComparedCampaign['unreadable']
}

function asked(index: DatabaseSync, a: string, b: string, results: string): Answer {
  const all = campaignsToName(index)
  const [first, second] = [campaignNamed(index, a, results, all), campaignNamed(index, b, results, all)]
  if (first.name === second.name) throw new UsageError(`${first.name} is given twice: give two campaigns`)
  const compared = compareCampaigns(first, second, runsBefore(index, second.id))
  const isOfThese = ({ path }: { readonly path: string }) =>
    path.startsWith(`${first.name}/`) || path.startsWith(`${second.name}/`)
  return {
    compared,
    unreadable: [...unreadableIn(index).filter(isOfThese), ...first.unreadable, ...second.unreadable],
  }
}
