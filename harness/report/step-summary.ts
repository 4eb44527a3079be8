/** A campaign as Markdown, for the summary page of a GitHub job: counts, what is not a pass, and the rest folded away. */
import type { Campaign } from '../record/read-campaign.ts'
import { formatMs } from '../base/deadline.ts'
import type { WholeFormat } from './format.ts'
import {
  countsOf,
  evidenceOf,
  type ReportedRun,
  reportedRuns,
  type RunState,
  whyNotRun,
} from './reported-run.ts'
import { safeLine } from './safe-text.ts'
import { verdictText } from './verdicts-by-law.ts'

/** GitHub refuses a summary of more than 1 MiB for a step, and then shows none. Bytes. */
export const STEP_SUMMARY_BYTES_MAX = 1000 * 1024
const REASON_MAX = 500
const VERDICTS_MAX = 20

const SIGNS: Readonly<Record<RunState, string>> = {
  fail: '❌',
  fixed: '❗',
  broken: '❓',
  'not run': '⬜',
  known: '🟡',
  skip: '➖',
  pass: '✅',
}

/** The format. */
export const stepSummary: WholeFormat = {
  whole: (campaign) => stepSummaryText(campaign, STEP_SUMMARY_BYTES_MAX),
}

/** The Markdown, in at most so many bytes: rows that do not fit are counted. */
export function stepSummaryText(campaign: Campaign, bytesMax: number): string {
  const runs = reportedRuns(campaign)
  const head = [
    `## irqlab: ${cell(campaign.name)}`,
    '',
    countsOf(runs)
      .map(([state, count]) => `${SIGNS[state]} **${count}** ${state}`)
      .join(' · ') || 'no runs',
    '',
    ...(whyNotRun(campaign) === undefined
      ? []
      : [`> Not all was run: ${cell(whyNotRun(campaign) ?? '')}.`, '']),
  ]
  const bad = runs.filter(({ state }) => state !== 'pass' && state !== 'skip')
  const rest = runs.filter((run) => !bad.includes(run))
  const blocks = [
    ...(bad.length === 0 ? [] : [tableHead(), ...bad.map(row), '']),
    ...bad.flatMap(detail),
    ...(rest.length === 0
      ? []
      : [
          `<details><summary>${rest.length} that passed or had nothing to say</summary>\n`,
          tableHead(),
          ...rest.map(row),
          '\n</details>',
        ]),
  ]
  return fitting(head, blocks, bytesMax)
}

function tableHead(): string {
  return '| | run | kernel | machine | took | why |\n|---|---|---|---|---:|---|'
}

function row({ state, planned, kernel, machine, tookMs, record }: ReportedRun): string {
  const why = state === 'pass' ? '' : (record?.reason ?? '')
  const took = tookMs === undefined ? '' : formatMs(tookMs)
  return `| ${SIGNS[state]} ${state} | ${cell(planned.scenario)} | ${cell(kernel)} | ${cell(machine)} | ${took} | ${cell(why)} |`
}

/** What a person needs to begin with, folded away. */
function detail(run: ReportedRun): readonly string[] {
  const { record, state, title } = run
  if (record === undefined) return []
  const against = record.verdicts.filter((verdict) => verdict.state !== 'held').slice(0, VERDICTS_MAX)
  const lines = [...against.map(verdictText), ...(record.console ?? []), `evidence: ${evidenceOf(run)}`]
  // Four blanks make code of a line, whatever is in it.
  const code = lines.map((line) => `    ${safeLine(line)}`).join('\n')
  return [`<details><summary>${SIGNS[state]} ${cell(title)}</summary>\n\n${code}\n\n</details>\n`]
}

/** A cell of a table: one line, and no character that Markdown or HTML would take for its own. */
function cell(text: string): string {
  const line = safeLine(text)
  const short = line.length > REASON_MAX ? `${line.slice(0, REASON_MAX)}...` : line
  return short
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_{}[\]|~#@]/g, String.raw`\$&`)
}

function fitting(head: readonly string[], blocks: readonly string[], bytesMax: number): string {
  const text = [...head, ...blocks].join('\n')
  if (Buffer.byteLength(text) < bytesMax) return `${text}\n`
  const kept = [...head]
  const note = (left: number) => `\n... and ${left} more rows, which do not fit: see the records`
  let bytes = Buffer.byteLength(kept.join('\n')) + Buffer.byteLength(note(blocks.length)) + 1
  for (const block of blocks) {
    bytes += Buffer.byteLength(block) + 1
    if (bytes >= bytesMax) break
    // A fold that may not be closed is left out: its rows follow as they are.
    kept.push(block)
  }
  const isOpen =
    kept.some((block) => block.endsWith('had nothing to say</summary>\n')) && kept.at(-1) !== '\n</details>'
  if (isOpen) kept.push('\n</details>')
  return `${[...kept, note(head.length + blocks.length - kept.length)].join('\n')}\n`
}
