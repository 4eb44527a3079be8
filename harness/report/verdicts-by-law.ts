/** What do many verdicts say of each law? One line a law, and of those that did not hold every verdict. */
import type { RunRecord } from '../record/run-record.ts'

type Verdict = RunRecord['verdicts'][number]

/** All verdicts of one law in a run. */
export interface LawSummary {
  readonly law: string
  /** The worst of its verdicts: violated, then unproven, then held. */
  readonly state: Verdict['state']
  readonly count: number
  /** Those in this state; none where all held. */
  readonly against: readonly Verdict[]
  /** As `8 verdicts held`, or `1 of 8 violated`. */
  readonly words: string
}

const WORST_FIRST = ['violated', 'unproven'] as const

/** The laws of a run, in the order in which they were first asked. */
export function verdictsByLaw(verdicts: readonly Verdict[]): readonly LawSummary[] {
  const laws = [...new Set(verdicts.map(({ law }) => law))]
  return laws.map((law) =>
    summary(
      law,
      verdicts.filter((verdict) => verdict.law === law),
    ),
  )
}

function summary(law: string, all: readonly Verdict[]): LawSummary {
  const count = all.length
  const held = `${count} ${count === 1 ? 'verdict' : 'verdicts'} held`
  for (const state of WORST_FIRST) {
    const against = all.filter((verdict) => verdict.state === state)
    if (against.length > 0)
      return { law, state, count, against, words: `${against.length} of ${count} ${state}` }
  }
  return { law, state: 'held', count, against: [], words: held }
}

/** As `held violated on input.0 (irq 28, move 3): what was seen`. */
export function verdictText({ law, state, queue, irq, move, sentence }: Verdict): string {
  return `${law} ${state} on ${queue} (irq ${irq}${move === 0 ? '' : `, move ${move}`}): ${sentence}`
}
