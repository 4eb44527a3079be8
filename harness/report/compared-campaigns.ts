/** What does a person read of two campaigns compared? What is worse first, with the laws that say so; then durations. */
import { formatMs } from '../base/deadline.ts'
import type { Row } from '../campaign/comparison.ts'
import {
  CHANGES,
  type CampaignsCompared,
  type QuestionChange,
  type QuestionCompared,
} from '../history/compare-campaigns.ts'
import type { TimingMove } from '../history/timing-moves.ts'
import { pad, type Paint, type Palette } from './colour.ts'
import { changedLines } from './comparison.ts'
import { wrap } from './wrap.ts'

const INDENT = '  '
/** What changed nothing is counted, and not listed. */
const NOT_LISTED: ReadonlySet<QuestionChange> = new Set(['same', 'skipped', 'known', 'still fails'])
/** Of these the laws are told. */
const EXPLAINED: ReadonlySet<QuestionChange> = new Set([
  'new failure',
  'fails again',
  'worse',
  'flaky',
  'cannot tell',
  'fixed',
  'better',
])
const MOVED: ReadonlySet<TimingMove['verdict']> = new Set(['slower', 'faster', 'busier', 'less busy'])

/** The lines; sentences that go beyond the width are broken. */
export function comparedLines(
  compared: CampaignsCompared,
  palette: Palette,
  width?: number,
): readonly string[] {
  const { questions, a, b, onlyA, onlyB, paired } = compared
  const listed = questions.filter(({ change }) => !NOT_LISTED.has(change))
  const moved = questions.flatMap((question) =>
    question.timings.filter(({ verdict }) => MOVED.has(verdict)).map((move) => ({ question, move })),
  )
  const quiet = questions.filter(({ change }) => change === 'still fails')
  return [
    `${palette.dim('from')} ${a}`,
    `${palette.dim('to  ')} ${b}`,
    ...paired.map(([from, to]) => palette.dim(`${from} there is compared with ${to} here`)),
    '',
    ...listed.flatMap((question) => questionLines(question, b, palette, width)),
    ...quiet.map((question) => head(question, palette)),
    ...timingLines(moved, palette),
    ...(listed.length + quiet.length + moved.length === 0 ? [] : ['']),
    conclusion(compared, palette),
    ...(onlyA + onlyB === 0
      ? []
      : [palette.dim(`not compared: ${onlyA} asked only there, ${onlyB} asked only here`)]),
  ]
}

function questionLines(
  question: QuestionCompared,
  campaign: string,
  palette: Palette,
  width: number | undefined,
): readonly string[] {
  const { change, rows, path } = question
  const told = EXPLAINED.has(change) ? rows.filter(isTold) : []
  const isGood = change === 'fixed' || change === 'better'
  return [
    head(question, palette),
    ...told.flatMap((row) => changedLines(row, palette, width, ['there', 'here'])),
    ...(path === undefined || isGood
      ? []
      : wrap(`${INDENT}${campaign}/${path}`, width).map((line) => palette.dim(line))),
  ]
}

function isTold({ change, what }: Row): boolean {
  return change !== 'same' && !(what !== 'kernel' && change === 'maybe better')
}

function head(
  { change, scenario, machine, setup, kernels, outcomes }: QuestionCompared,
  palette: Palette,
): string {
  const kernel = kernels.b ?? kernels.a ?? ''
  const were = [outcomes.a, outcomes.b].map((outcome) => outcome ?? 'not asked').join(' -> ')
  const where = `${palette.bold(scenario)} on ${kernel}, ${machine}${setup === '' ? '' : ` ${setup}`}`
  return `${paintOf(change, palette)(pad(change, 11))} ${where}: ${were}`
}

interface Moved {
  readonly question: QuestionCompared
  readonly move: TimingMove
}

const TIMED = { run: 'the run', boot: 'its boot', restore: 'its restore' } as const

const MOVED_WORDS = {
  slower: 'slower',
  faster: 'faster',
  busier: 'slower, on a busier host',
  'less busy': 'faster, on a less busy host',
} as const

function timingLines(moved: readonly Moved[], palette: Palette): readonly string[] {
  return moved.flatMap(({ question, move }) => {
    const { verdict, what, before, now } = move
    if (before === undefined || now === undefined) return []
    if (verdict === 'as usual' || verdict === 'too few') return []
    const paint = verdict === 'slower' ? palette.bad : verdict === 'faster' ? palette.good : palette.dim
    const usual = `usually ${formatMs(before.medianMs)} ± ${formatMs(before.deviationMs)} in ${before.count} runs`
    const kernel = question.kernels.b ?? ''
    return `${paint(pad(verdict, 11))} ${palette.bold(question.scenario)} on ${kernel}, ${question.machine}: ${TIMED[what]} took ${formatMs(now.medianMs)}, ${usual}${verdict === 'slower' || verdict === 'faster' ? '' : ` (${MOVED_WORDS[verdict]})`}`
  })
}

function conclusion({ questions }: CampaignsCompared, palette: Palette): string {
  const counts = CHANGES.flatMap((change) => {
    const count = questions.filter((question) => question.change === change).length
    return count === 0 ? [] : [paintOf(change, palette)(`${count} ${change}`)]
  })
  const slower = questions.filter(({ timings }) => timings.some(({ verdict }) => verdict === 'slower')).length
  const words = [...counts, ...(slower === 0 ? [] : [`${slower} slower`])]
  return words.length === 0 ? 'nothing was asked of both' : words.join(', ')
}

function paintOf(change: QuestionChange, palette: Palette): Paint {
  switch (change) {
    case 'new failure':
    case 'fails again':
    case 'worse':
    case 'fails, not asked before':
    case 'still fails':
      return palette.bad
    case 'flaky':
    case 'not run':
    case 'cannot tell':
      return palette.doubt
    case 'known':
      return palette.outcome.known
    case 'fixed':
    case 'better':
      return palette.good
    case 'skipped':
    case 'same':
      return palette.dim
  }
}
