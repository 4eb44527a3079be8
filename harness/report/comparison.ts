/** What does a person read of a comparison? A line for each law that changed, those that did not in one, and what follows. */
import type { Change, Comparison, ComparisonRow, Row, RowSide } from '../campaign/comparison.ts'
import { grouped } from '../base/grouped.ts'
import { pad, type Paint, type Palette } from './colour.ts'
import { wrap } from './wrap.ts'

const INDENT = '  '

const SIGNS: Readonly<Record<Change, string>> = {
  worse: '✗',
  'maybe worse': '?',
  'cannot tell': '?',
  'maybe better': '~',
  better: '✓',
  same: '=',
}

const GRAVEST_FIRST = Object.keys(SIGNS) as Change[]

/** The lines; sentences that go beyond the width are broken. */
export function comparisonLines(
  { rows, verdict }: Comparison,
  palette: Palette,
  width?: number,
): readonly string[] {
  const questions = [...grouped(rows, ({ scenario, machine }) => `${scenario} on ${machine}`)]
  const body = questions.flatMap(([title, those]) => {
    const changed = those.filter((row) => row.change !== 'same')
    const same = those.filter((row) => row.change === 'same')
    return [
      palette.bold(title),
      ...changed.flatMap((row) => changedLines(row, palette, width)),
      ...sameLines(same, width).map((line) => palette.dim(line)),
    ]
  })
  return [...body, conclusion(rows, verdict, palette)]
}

/** The lines of one law that is not what it was: `names` are those of the two sides. */
export function changedLines(
  row: Row,
  palette: Palette,
  width: number | undefined,
  [base, patched]: readonly [string, string] = ['base', 'patched'],
): readonly string[] {
  const paint = paintOf(row.change, palette)
  const head = `${INDENT}${paint(pad(`${SIGNS[row.change]} ${row.change}`, 14))}  ${row.what}: ${stateOf(row.base)} -> ${stateOf(row.patched)}`
  const sides = [
    [base, row.base],
    [patched, row.patched],
  ] as const
  return [
    head,
    ...sides
      .filter(([, { state, sentence }]) => sentence !== undefined && state !== 'held')
      .flatMap(([name, { sentence = '' }]) =>
        wrap(`${INDENT}    ${name}: ${sentence.replaceAll('\n', ' ')}`, width, `${INDENT}      `),
      ),
  ]
}

/** `violated 1 of 8`, `lost at boot.ssh`. */
function stateOf({ state, tally, stage }: RowSide): string {
  if (stage !== undefined) return `${state} at ${stage}`
  if (tally === undefined || state === 'held') return state
  const all = tally.held + tally.violated + tally.unproven
  const count = state === 'violated' ? tally.violated : tally.unproven
  return `${state} ${count} of ${all}`
}

function sameLines(rows: readonly ComparisonRow[], width: number | undefined): readonly string[] {
  const states = [...grouped(rows, ({ base }) => base.state)]
  return states.flatMap(([state, those]) =>
    wrap(
      `${INDENT}${pad(`${SIGNS.same} same`, 14)}  ${state}: ${those.map(({ what }) => what).join(', ')}`,
      width,
      `${INDENT}                  `,
    ),
  )
}

const WORDS: Readonly<Record<Comparison['verdict'], string>> = {
  worse: 'worse with the patch',
  'cannot tell': 'we cannot tell',
  'maybe better': 'nothing is worse with the patch',
  better: 'better with the patch, and nothing is worse',
  same: 'the same with the patch',
  skipped: 'nothing was asked: every scenario was skipped',
}

function conclusion(
  rows: readonly ComparisonRow[],
  verdict: Comparison['verdict'],
  palette: Palette,
): string {
  const counts = GRAVEST_FIRST.flatMap((change) => {
    const count = rows.filter((row) => row.change === change).length
    return count === 0 ? [] : [`${count} ${change}`]
  })
  const paint = verdict === 'skipped' ? palette.dim : paintOf(verdict, palette)
  return `${paint(WORDS[verdict])}: ${counts.join(', ') || 'nothing to compare'}`
}

function paintOf(change: Change, palette: Palette): Paint {
  return {
    worse: palette.bad,
    'maybe worse': palette.doubt,
    'cannot tell': palette.doubt,
    'maybe better': palette.good,
    better: palette.good,
    same: palette.dim,
  }[change]
}
