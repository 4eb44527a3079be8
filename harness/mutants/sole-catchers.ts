/** Which scenario is the only one that catches some mutant? What is not in this list might be left out. Pure. */
import type { Entry } from './ledger.ts'
import { markdownTable } from '../report/markdown-table.ts'

/** The section of docs/MUTANTS.md, as lines. */
export function soleCatchers(entries: readonly Entry[]): readonly string[] {
  const sole = entries.flatMap(({ name, laws }) => {
    const [scenario, ...others] = new Set(laws.flatMap(({ scenarios }) => scenarios))
    return scenario === undefined || others.length > 0 ? [] : [{ scenario, name }]
  })
  const scenarios = [...new Set(sole.map(({ scenario }) => scenario))].sort()
  if (scenarios.length === 0) return []
  return [
    '## Caught by one scenario alone',
    '',
    ...markdownTable(
      ['scenario', 'is the only one that catches'],
      scenarios.map((scenario) => [
        `\`${scenario}\``,
        sole
          .filter((one) => one.scenario === scenario)
          .map(({ name }) => `\`${name}\``)
          .join(' '),
      ]),
    ),
  ]
}
