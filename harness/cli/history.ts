/** `irqlab history`: how have scenarios done over time? Lines for a person, JSON for a script, a page of trends. */
import type { DatabaseSync } from 'node:sqlite'
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { messageOf, Trouble, UsageError } from '../base/errors.ts'
import { campaignsIn, type KeptCampaign, missedIn, unreadableIn } from '../history/campaigns.ts'
import { type JudgedLine, judgedLines } from '../history/history-line.ts'
import { type LineFilter, linesIn, scenariosIn } from '../history/lines.ts'
import { lawsOfLine, skipReasons, troubledRuns } from '../history/scenario-runs.ts'
import { trendOf } from '../history/trend.ts'
import { paletteFor } from '../report/colour.ts'
import { historyJson } from '../report/history-json.ts'
import { historyLines, historySummary } from '../report/history-lines.ts'
import { type LineDetail, scenarioLines } from '../report/history-scenario.ts'
import { closest } from './closest.ts'
import type { HistoryOptions } from './history-options.ts'
import { askResults, resultsOf, unreadableLines } from './results-asked.ts'

/** Answers the question. Throws `UsageError` for a scenario, kernel or machine that has no run. */
export async function historyCommand(scenario: string | undefined, options: HistoryOptions): Promise<number> {
  if (options.html !== undefined) return writeTrend(scenario, options, options.html)
  const answer = await askResults(options, (index) => asked(index, scenario, options))
  const { lines, details, unreadable, campaigns, notRun } = answer
  for (const line of unreadableLines(unreadable)) process.stderr.write(`irqlab: ${line}\n`)
  const nowMs = Date.now()
  if (options.json === true) {
    process.stdout.write(historyJson({ ...answer, results: resultsOf(options) }))
    return 0
  }
  const palette = paletteFor(process.stdout)
  const look = { palette, width: process.stdout.isTTY ? process.stdout.columns : undefined, nowMs }
  const text =
    scenario === undefined
      ? [...historyLines(lines, look), '', ...historySummary(lines, palette)]
      : scenarioLines(details, look)
  const runs = lines.reduce((sum, { line }) => sum + line.runs.length, 0)
  const where = palette.dim(`${runs} runs of ${campaigns.length} campaigns in ${resultsOf(options)}`)
  process.stdout.write(`${[...text, ...notRunLines(campaigns.at(-1), notRun), where].join('\n')}\n`)
  return 0
}

/** The newest campaign may not be over, or never have been. */
function notRunLines(newest: KeptCampaign | undefined, notRun: number): readonly string[] {
  if (newest === undefined || notRun === 0) return []
  const why =
    newest.endedMs === undefined
      ? 'it still runs, or was killed'
      : `it ended early${newest.endedBy === undefined ? '' : ` by ${newest.endedBy}`}`
  return [`${newest.name}: ${notRun} of ${newest.planned ?? notRun} runs were not run: ${why}`]
}

interface Answer {
  readonly lines: readonly JudgedLine[]
  /** Of one scenario; else none. */
  readonly details: readonly LineDetail[]
  readonly campaigns: ReturnType<typeof campaignsIn>
  readonly unreadable: ReturnType<typeof unreadableIn>
  /** Runs of the newest campaign without a record. */
  readonly notRun: number
}

/** Writes the page of trends, whole or not at all. */
async function writeTrend(
  scenario: string | undefined,
  options: HistoryOptions,
  html: string,
): Promise<number> {
  const file = resolve(html)
  if (!existsSync(dirname(file)))
    throw new UsageError(`--html ${html}: there is no directory ${dirname(file)}`)
  const { trend, unreadable } = await askResults(options, (index) => ({
    trend: trendOf(index, filterOf(index, scenario, options)),
    unreadable: unreadableIn(index),
  }))
  for (const line of unreadableLines(unreadable)) process.stderr.write(`irqlab: ${line}\n`)
  const results = resultsOf(options)
  // Loaded only here: what draws is more than all the rest.
  const { trendPage } = await import('../report/html/trend-page.ts')
  // The page travels: it names the directory, not where on this machine it lies.
  const page = trendPage(trend, { where: basename(results), nowMs: Date.now() })
  try {
    writeFileSync(`${file}.partial`, page)
    renameSync(`${file}.partial`, file)
  } catch (error) {
    rmSync(`${file}.partial`, { force: true })
    throw new Trouble('results', `--html ${html}: it cannot be written: ${messageOf(error)}`)
  }
  process.stdout.write(
    `trends of ${trend.lines.length} lines over ${trend.campaigns.length} campaigns in ${file}\n`,
  )
  return 0
}

function filterOf(
  index: DatabaseSync,
  scenario: string | undefined,
  { kernel, machine, since, limit }: HistoryOptions,
): LineFilter {
  if (scenario !== undefined) refuseUnknown(index, scenario)
  return {
    limit,
    ...(scenario === undefined ? {} : { scenario }),
    ...(kernel === undefined ? {} : { kernel }),
    ...(machine === undefined ? {} : { machine }),
    ...(since === undefined ? {} : { sinceMs: since }),
  }
}

function asked(index: DatabaseSync, scenario: string | undefined, options: HistoryOptions): Answer {
  const filter = filterOf(index, scenario, options)
  const campaigns = campaignsIn(index)
  const lines = judgedLines(linesIn(index, filter), campaigns)
  const details = scenario === undefined ? [] : lines.map((line) => detailOf(index, line, filter))
  const newest = campaigns.at(-1)
  const notRun = newest === undefined ? 0 : missedIn(index, newest.id).length
  return { lines, details, campaigns, unreadable: unreadableIn(index), notRun }
}

function detailOf(index: DatabaseSync, judged: JudgedLine, { sinceMs = 0, limit }: LineFilter): LineDetail {
  const runs = { line: judged.line.id, sinceMs, limit }
  return {
    judged,
    laws: lawsOfLine(index, runs),
    troubled: troubledRuns(index, runs),
    skipped: skipReasons(index, runs),
  }
}

function refuseUnknown(index: DatabaseSync, scenario: string): void {
  const names = scenariosIn(index)
  if (names.includes(scenario)) return
  throw new UsageError(`${JSON.stringify(scenario)} has no run in these results${closest(scenario, names)}`)
}
