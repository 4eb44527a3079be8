/** A campaign as annotations of GitHub Actions: one line for each run that is not a pass. */
import type { Campaign } from '../record/read-campaign.ts'
import type { StreamFormat } from './format.ts'
import {
  countsText,
  evidenceOf,
  isForgiven,
  type ReportedRun,
  reportedRuns,
  whyNotRun,
} from './reported-run.ts'
import { bounded, safeLine, safeText } from './safe-text.ts'
import { verdictText } from './verdicts-by-law.ts'

/** An annotation is cut by GitHub where it is longer; the rest is in the records. */
const MESSAGE_MAX = 4000
const VERDICTS_MAX = 10

/** The format. GitHub shows the first ten errors and the first ten warnings of a step. */
export const githubReport: StreamFormat = {
  head: () => '',
  part: (run, _, campaign) => (run.record === undefined ? '' : annotation(run, campaign)),
  tail: (campaign) => {
    const why = whyNotRun(campaign)
    const { notRun, runs } = campaign
    const counts = countsText(reportedRuns(campaign))
    const missing =
      why === undefined
        ? ''
        : command(
            'error',
            `irqlab: ${notRun.length} of ${runs.length} runs were not run`,
            `${why}\n${counts}`,
          )
    return `${missing}${command('notice', `irqlab: ${campaign.name}`, counts)}`
  },
}

const LEVELS = {
  fail: 'error',
  fixed: 'error',
  broken: 'warning',
  'not run': 'warning',
  known: 'notice',
  skip: undefined,
  pass: undefined,
} as const

function annotation(run: ReportedRun, campaign: Campaign): string {
  const { state, title, record } = run
  const level = state === 'known' && !isForgiven(campaign, run) ? 'error' : LEVELS[state]
  if (level === undefined || record === undefined) return ''
  const against = record.verdicts.filter((verdict) => verdict.state !== 'held')
  const lines = [
    `${record.stage === undefined ? '' : `${record.stage}: `}${record.reason}`,
    ...(record.hint === undefined ? [] : [`hint: ${record.hint}`]),
    ...against.slice(0, VERDICTS_MAX).map(verdictText),
    ...(against.length > VERDICTS_MAX ? [`... and ${against.length - VERDICTS_MAX} more verdicts`] : []),
    `evidence: ${evidenceOf(run)}`,
  ]
  return command(level, `${state}: ${title}`, lines.join('\n'))
}

/** A workflow command in one line: what would end it, or its title, is escaped. */
function command(level: 'error' | 'warning' | 'notice', title: string, message: string): string {
  const data = escaped(bounded(safeText(message), MESSAGE_MAX))
  return `::${level} title=${property(safeLine(title))}::${data}\n`
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
