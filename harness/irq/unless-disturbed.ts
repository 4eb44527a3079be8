/** Were irqs that would not settle kept from it? What was seen while settling accuses the kernel, unless somebody else wrote. */
import { foreignWrite, strangersWrite } from './disturbance.ts'
import type { RunEvidence } from './move-evidence.ts'
import { moveTrace } from './move-trace.ts'
import type { Verdict } from './verdict.ts'

/** The verdicts of settling; of an irq that somebody else wrote to meanwhile nothing can be said, and who it was is told. */
export function unlessDisturbed(run: RunEvidence, verdicts: readonly Verdict[]): readonly Verdict[] {
  return verdicts.map((verdict) => {
    const move = run.moves.find(({ id }) => id === verdict.move)
    if (move === undefined) return verdict
    const trace = moveTrace(run, move)
    const disturbed = foreignWrite(move, trace) ?? strangersWrite(run, move, trace)
    if (disturbed === undefined) return verdict
    return {
      ...verdict,
      state: 'unproven',
      sentence: `disturbed: ${disturbed}`,
      numbers: { ...verdict.numbers, disturbed },
    }
  })
}
