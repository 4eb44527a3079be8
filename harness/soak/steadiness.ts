/** Did every round say the same? Records of many rounds, compared scenario by scenario. Pure. */
import { grouped } from '../base/grouped.ts'
import { OUTCOMES, type RunRecord } from '../record/run-record.ts'

/** One scenario on one kernel and machine, over all rounds. */
export interface Steadiness {
  readonly scenario: string
  readonly kernel: string
  readonly machine: string
  /** How many rounds ended so, the worst outcome first. */
  readonly outcomes: readonly { readonly outcome: RunRecord['outcome']; readonly rounds: number }[]
  /** Laws that were not judged alike in every round, each with the rounds of each answer. */
  readonly changed: readonly string[]
  /** Part of the time in which the vCPUs waited for a host CPU: mean and worst; absent where no round says it. */
  readonly waited: { readonly mean: number; readonly worst: number } | undefined
  /** What the worst round says of itself. */
  readonly reason: string
}

/**
 * One for each scenario, kernel and machine, in the order of the first round. A round that was broken for a reason other
 * than its verdicts has not judged, and one that was skipped has nothing to say: their verdicts are not compared.
 */
export function steadinessOf(rounds: readonly (readonly RunRecord[])[]): readonly Steadiness[] {
  const groups = grouped(rounds.flat(), keyOf)
  return [...groups.values()].flatMap((records) => {
    const [first] = records
    if (first === undefined) return []
    const outcomes = OUTCOMES.flatMap((outcome) => {
      const count = records.filter((record) => record.outcome === outcome).length
      return count === 0 ? [] : [{ outcome, rounds: count }]
    })
    const worst = records.find(({ outcome }) => outcome === outcomes[0]?.outcome) ?? first
    const { scenario, kernel, machine } = first
    return {
      scenario,
      kernel: kernel.release,
      machine: machine.name,
      outcomes,
      changed: changedLaws(records.filter(isJudged)),
      waited: waitedOf(records),
      reason: worst.reason,
    }
  })
}

/** The exit code of `npm run soak`. */
export function exitCodeOf(steadiness: readonly Steadiness[]): number {
  const has = (...wanted: readonly RunRecord['outcome'][]) =>
    steadiness.some(({ outcomes }) => outcomes.some(({ outcome }) => wanted.includes(outcome)))
  const isUneven = steadiness.some(({ changed, outcomes }) => {
    const judged = outcomes.filter(({ outcome }) => outcome !== 'broken')
    return changed.length > 0 || judged.length > 1
  })
  if (isUneven || has('fail', 'fixed')) return 1
  return has('broken') || steadiness.length === 0 ? 2 : 0
}

function keyOf({ scenario, kernel, machine }: RunRecord): string {
  return [scenario, kernel.sha256, kernel.release, machine.name].join(' ')
}

function isJudged({ outcome, stage }: RunRecord): boolean {
  return outcome !== 'skip' && (outcome !== 'broken' || stage === 'unproven')
}

function changedLaws(records: readonly RunRecord[]): readonly string[] {
  const laws = [...new Set(records.flatMap(({ verdicts }) => verdicts.map(({ law }) => law)))]
  return laws.flatMap((law) => {
    const answers = grouped(records, (record) => answerOf(record, law))
    if (answers.size <= 1) return []
    const words = [...answers].map(([answer, same]) => `${answer} in ${same.length}`)
    return [`${law}: ${words.join(', ')}`]
  })
}

/** All verdicts of one law: which queues were asked is the round's own choice, how many and what came of it is not. */
function answerOf({ verdicts }: RunRecord, law: string): string {
  const states = verdicts.filter((verdict) => verdict.law === law).map(({ state }) => state)
  const words = (['violated', 'unproven', 'held'] as const).flatMap((state) => {
    const count = states.filter((one) => one === state).length
    return count === 0 ? [] : [`${count} ${state}`]
  })
  return words.join(' and ') || 'not asked'
}

function waitedOf(records: readonly RunRecord[]): Steadiness['waited'] {
  const shares = records.flatMap(({ timings }) => timings.vcpusWaitedShare ?? [])
  if (shares.length === 0) return undefined
  return {
    mean: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    worst: Math.max(...shares),
  }
}
