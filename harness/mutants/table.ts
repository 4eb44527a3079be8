/** docs/MUTANTS.md: each mutant, what it breaks, which laws should betray it and which did. Pure. */
import type { Entry, Ledger } from './ledger.ts'
import { markdownTable } from '../report/markdown-table.ts'
import type { Mutant } from './mutant.ts'
import { peersTable } from './peers-table.ts'
import { soleCatchers } from './sole-catchers.ts'

/** One row's worth: the mutant and what is known of it. */
export interface Row {
  readonly mutant: Mutant
  readonly entry: Entry
}

const INTRO = `# Mutants

A harness is worth what it catches. Each of these patches breaks Debian's kernel on purpose, in the way of some real bug; the patches are in [harness/mutants/](../harness/mutants/README.md). \`npm run mutants\` builds each, asks it every scenario, and writes this page and \`results/mutants.json\`. It asks the kernel without a patch first: unless that passes, there is no table.

- _caught_: a law was violated. A panic, a warning or a run that broke counts for nothing here.
- _crashed_: the kernel faulted or a run broke, and no law said anything.
- _survived_: every scenario passed. A scenario or a law is missing.
- _equivalent_: every scenario passed, and a proof in the patch says why nobody can tell.
- _disproved_: a law was violated although a proof says that nobody can tell.
`

/** The whole page, as prettier wants it. */
export function mutantsPage(kernel: Ledger['kernel'], rows: readonly Row[]): string {
  const entries = rows.map(({ entry }) => entry)
  const alone = soleCatchers(entries)
  const proofs = rows.filter(({ mutant }) => mutant.proof !== undefined)
  return [
    INTRO,
    `${summary(rows)} On ${kernel.source}, Linux ${kernel.release}, on ${latest(rows)}.`,
    '',
    ...markdownTable(
      ['mutant', 'what is broken', 'betrayed by', 'in', 'fate'],
      rows.map((row) => cells(row)),
    ),
    '',
    'A law in _italics_ is named in the head of the patch and did not betray it; the others did.',
    ...(alone.length === 0 ? [] : ['', ...alone]),
    '',
    ...peersTable(entries),
    ...(proofs.length === 0 ? [] : ['', '## Equivalent, and why']),
    ...proofs.flatMap(({ mutant }) => [
      '',
      `\`${mutant.name}\`: ${(mutant.proof ?? '').replaceAll('\n', ' ')}`,
    ]),
    '',
  ].join('\n')
}

/** `38 mutants: 36 caught, 2 equivalent.` */
export function summary(rows: readonly Row[]): string {
  const fates = [...new Set(rows.map(({ entry }) => entry.fate))]
  const parts = fates.map((fate) => `${rows.filter(({ entry }) => entry.fate === fate).length} ${fate}`)
  return `${rows.length} mutants: ${parts.join(', ')}.`
}

function cells({ mutant, entry }: Row): readonly string[] {
  const seen = entry.laws.map(({ law }) => law)
  const missed = mutant.betrayedBy.filter((law) => !seen.includes(law))
  return [
    `\`${mutant.name}\``,
    mutant.subject,
    [...seen.map((law) => `\`${law}\``), ...missed.map((law) => `_${law}_`)].join(' '),
    [...new Set(entry.laws.flatMap(({ scenarios }) => scenarios))].map((name) => `\`${name}\``).join(' '),
    entry.fate,
  ]
}

function latest(rows: readonly Row[]): string {
  return rows.reduce((last, { entry }) => (entry.judgedAt > last ? entry.judgedAt : last), '').slice(0, 10)
}
