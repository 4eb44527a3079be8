/** A request that was overwritten before anything fired never takes effect. */
import { disturbance } from '../disturbance.ts'
import { moveTrace } from '../move-trace.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { Law, LawInput } from './law.ts'

/** kernel/irq/migration.c: irq_copy_pending overwrites the pending mask (5.10 to 7.3). */
export const replaced: Law = {
  name: 'replaced',
  wording: 'a request overwritten before any interrupt never takes effect: no vector is ever set to its CPUs',
  judge({ run, move, trace }: LawInput): Finding {
    const next = run.moves.find(({ id }) => id === move.replacedBy)
    if (next === undefined) return unproven('the request was not replaced')
    if (trace.interrupts.length > 0) return unproven('an interrupt fired before the request was replaced')
    const later = moveTrace(run, next)
    const gone = move.write.requested.minus(next.write.requested)
    const numbers = { requested: move.write.requested.toList(), replacedBy: next.write.requested.toList() }
    const last = next.batches.at(-1)?.after
    if (last === undefined || later.interrupts.length === 0)
      return unproven('no interrupt came after both writes', numbers)
    const disturbed = disturbance(next, later)
    if (disturbed !== undefined) return unproven(`disturbed: ${disturbed}`, { disturbed })
    const config = [...trace.configs, ...later.configs].find((event) => gone.has(Number(event.fields['cpu'])))
    if (config !== undefined)
      return violated(`the irq was set to CPU ${config.fields['cpu'] ?? 'unseen'} all the same`, numbers)
    const on = later.interrupts.find((event) => gone.has(event.cpu) && !next.before.effective.has(event.cpu))
    if (on !== undefined) return violated(`an interrupt was handled on CPU ${on.cpu}`, numbers)
    return held(
      `${move.write.requested.toList()} never appeared over ${later.interrupts.length} interrupts`,
      numbers,
    )
  },
}
