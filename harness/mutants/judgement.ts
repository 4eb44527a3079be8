/** From the records of one mutant to what is said of it. Pure: a record is all that counts. */
import type { LawName } from '../irq/laws/law-names.ts'
import type { RunRecord } from '../record/run-record.ts'
import type { Mutant } from './mutant.ts'

/**
 * What became of a mutant. `caught`: a law was violated. `crashed`: the kernel faulted or a run broke, and no law said
 * anything. `survived`: everything passed. `equivalent`: everything passed, as its proof says it must. `disproved`: a law
 * was violated although a proof says that nobody can tell.
 */
export type Fate = 'caught' | 'crashed' | 'survived' | 'equivalent' | 'disproved'

/** One law that betrayed a mutant. */
export interface Betrayal {
  readonly law: LawName
  readonly scenarios: readonly string[]
  /** Violated verdicts, over all scenarios. */
  readonly verdicts: number
  /** What the first of them says. */
  readonly sentence: string
}

/** How one scenario ended. */
export interface Ending {
  readonly scenario: string
  readonly machine: string
  readonly outcome: RunRecord['outcome']
  readonly reason: string
}

/** What is said of a mutant. */
export interface Judgement {
  readonly fate: Fate
  readonly laws: readonly Betrayal[]
  readonly runs: readonly Ending[]
}

/** What the unpatched kernel violates and is known to: no mutant is caught by it. Each is `scenario law`. */
export type KnownAnyway = ReadonlySet<string>

/**
 * Judges a mutant. Only a violated verdict of a run that is a `fail` counts: one that is not believed (a host that starved
 * its guest) ends as broken, and a fault of the kernel alone is noticed by no law.
 */
export function judgeMutant(
  mutant: Pick<Mutant, 'proof'>,
  records: readonly RunRecord[],
  knownAnyway: KnownAnyway,
): Judgement {
  const laws = new Map<LawName, { scenarios: string[]; verdicts: number; sentence: string }>()
  for (const { scenario, outcome, verdicts } of records) {
    if (outcome !== 'fail') continue
    for (const { law, state, sentence } of verdicts) {
      if (state !== 'violated' || knownAnyway.has(`${scenario} ${law}`)) continue
      const seen = laws.get(law) ?? { scenarios: [], verdicts: 0, sentence }
      if (!seen.scenarios.includes(scenario)) seen.scenarios.push(scenario)
      laws.set(law, { ...seen, verdicts: seen.verdicts + 1 })
    }
  }
  return {
    fate: fateOf(mutant, laws.size, records),
    laws: [...laws].map(([law, seen]) => ({ law, ...seen })),
    runs: records.map(({ scenario, machine, outcome, reason }) => ({
      scenario,
      machine: machine.name,
      outcome,
      reason,
    })),
  }
}

function fateOf({ proof }: Pick<Mutant, 'proof'>, laws: number, records: readonly RunRecord[]): Fate {
  if (laws > 0) return proof === undefined ? 'caught' : 'disproved'
  if (records.length === 0 || records.some(({ outcome }) => !isQuiet(outcome))) return 'crashed'
  return proof === undefined ? 'survived' : 'equivalent'
}

/** Nothing that anybody would look at twice. */
function isQuiet(outcome: RunRecord['outcome']): boolean {
  return outcome === 'pass' || outcome === 'known' || outcome === 'skip'
}

/** What the unpatched kernel itself is known to violate. Undefined when it does not pass: then no table can be made. */
export function knownOfClean(records: readonly RunRecord[]): KnownAnyway | undefined {
  const passes = records.some(({ outcome }) => outcome === 'pass')
  if (!passes || !records.every(({ outcome }) => isQuiet(outcome))) return undefined
  return new Set(
    records.flatMap(({ scenario, verdicts }) =>
      verdicts.filter(({ state }) => state === 'violated').map(({ law }) => `${scenario} ${law}`),
    ),
  )
}

/** True unless asking again might end otherwise: a run that broke is no answer, unless some law has spoken. */
export function isFinal({ fate, runs }: Judgement): boolean {
  return fate === 'caught' || fate === 'disproved' || !runs.some(({ outcome }) => outcome === 'broken')
}

/** True for the two fates that every mutant must have. */
export function isGood(fate: Fate): boolean {
  return fate === 'caught' || fate === 'equivalent'
}
