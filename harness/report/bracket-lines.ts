/** Did a bug show on the kernel that is declared to have it, and on the one that has the cure not? One line a regression. */
import type { RunRecord } from '../record/run-record.ts'
import type { Bracket } from '../scenario/scenario.ts'

/** A regression: a scenario with the two kernels on either side of the cure. */
export interface Bracketed {
  readonly name: string
  readonly bracket: Bracket
}

/** One line for each regression of which both kernels were run. */
export function bracketLines(
  regressions: readonly Bracketed[],
  records: readonly RunRecord[],
): readonly string[] {
  return regressions.flatMap(({ name, bracket }) => {
    const on = (source: string) =>
      records.filter((record) => record.scenario === name && record.kernel.source === source)
    const [bad, good] = [on(bracket.violated), on(bracket.held)]
    if (bad.length === 0 || good.length === 0) return []
    const said = bad.flatMap(({ messages = [] }) => messages)[0]
    const violated = bad.filter(({ outcome }) => outcome === 'known').length
    const held = good.filter(({ outcome }) => outcome === 'pass').length
    const seen = `violated on ${bracket.violated}${share(violated, bad.length)}${said === undefined ? '' : ` (it says: ${said.line})`}, held on ${bracket.held}${share(held, good.length)}`
    const as = violated === bad.length && held === good.length ? 'as declared' : 'NOT as declared'
    return [`${name}: ${seen}, ${as}`]
  })
}

function share(count: number, of: number): string {
  return of === 1 && count === 1 ? '' : ` in ${count} of ${of} runs`
}
