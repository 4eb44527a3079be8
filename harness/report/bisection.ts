/** What does a person, or a program, read of a bisection: a line a step, and the answer. */
import { formatMs } from '../base/deadline.ts'
import type { Found } from '../campaign/bisect/bisect.ts'
import type { Commit, History } from '../campaign/bisect/history.ts'
import type { JournalEntry } from '../campaign/bisect/journal.ts'
import type { Finding } from '../campaign/bisect/judgement.ts'
import { pad, type Palette } from './colour.ts'

/** Changes when a reader would have to know. */
const BISECT_SCHEMA = 'irqlab.bisect/1'

/** As git shows it to people. */
const SHORT = 12

const WORDS: Readonly<Record<Finding, string>> = {
  good: 'good',
  bad: 'bad',
  unbuildable: 'no build',
  unbootable: 'no boot',
  untestable: 'no answer',
}

/** One step: what, of which commit, how long it took, and why. */
export function stepLine(entry: JournalEntry, palette: Palette): string {
  const paint = { good: palette.good, bad: palette.bad }[entry.finding as string] ?? palette.doubt
  const runs = entry.passes + entry.fails
  const times = [
    formatMs(entry.tookMs),
    `build ${formatMs(entry.buildMs)}`,
    ...(runs > 0 ? [`${entry.passes} of ${runs} runs passed`] : []),
  ]
  const [why = ''] = entry.finding === 'good' ? [''] : entry.reason.split('\n')
  return [
    pad(`step ${entry.step}`, 8),
    paint(pad(WORDS[entry.finding], 9)),
    ` ${entry.sha.slice(0, SHORT)}  ${entry.subject}  `,
    palette.dim(`(${times.join(', ')})`),
    ...(why === '' ? [] : [`: ${why}`]),
  ].join('')
}

/** The closing lines. */
export function foundLines(found: Found, options: { readonly results: string }): readonly string[] {
  if (found.kind === 'found') {
    const { commit, entry } = found
    return [
      `the first bad commit is ${commit.sha}`,
      `  ${commit.subject}`,
      `  ${commit.author}, ${commit.date}`,
      ...entry.reason.split('\n').map((line) => `  ${line}`),
      ...entry.records.slice(-1).map((record) => `  its record: ${record}`),
      `steps.log, git-bisect.log and all records in ${options.results}`,
    ]
  }
  if (found.kind === 'range') {
    return [
      `the first bad commit is one of these ${found.candidates.length}; those before the last cannot be asked:`,
      ...found.candidates.map((commit) => `  ${nameOf(commit)}`),
      `steps.log, git-bisect.log and all records in ${options.results}`,
    ]
  }
  return [refutation(found)]
}

/** Why there is nothing to search: one line. */
function refutation({ kind, end, entry }: Exclude<Found, { readonly kind: 'found' | 'range' }>): string {
  const name = `--${end} ${entry.sha.slice(0, SHORT)}`
  const [why = ''] = entry.reason.split('\n')
  if (kind === 'unjudged') return `${name} cannot be judged, so there is nothing to search between: ${why}`
  return end === 'good'
    ? `${name} is not good: ${why}`
    : `${name} is not bad: it passed ${entry.passes} of ${entry.passes} runs; a rare failure needs more (--runs)`
}

function nameOf({ sha, subject, author }: Commit): string {
  return `${sha.slice(0, SHORT)} ${subject} (${author})`
}

/** What was asked, and all that was found. */
export interface BisectFacts {
  readonly history: History
  readonly scenario: string
  readonly machine: string
  readonly seed: number
  readonly results: string
  readonly steps: readonly JournalEntry[]
  /** Absent: it was ended early. */
  readonly found?: Found
  /** What ended it. */
  readonly endedBy?: string
}

/** The one JSON document: bisect.json, and what `--json` prints. */
export function bisectJson({ history, found, endedBy, ...facts }: BisectFacts): string {
  const answer =
    found === undefined
      ? { outcome: 'ended', ...(endedBy === undefined ? {} : { reason: endedBy }) }
      : {
          outcome: found.kind,
          ...(found.kind === 'found' ? { commit: found.commit, record: found.entry.records.at(-1) } : {}),
          ...(found.kind === 'range' ? { candidates: found.candidates } : {}),
          ...(found.kind === 'refuted' || found.kind === 'unjudged' ? { reason: refutation(found) } : {}),
        }
  return `${JSON.stringify({ schema: BISECT_SCHEMA, ...answer, ...history, ...facts }, null, 2)}\n`
}
