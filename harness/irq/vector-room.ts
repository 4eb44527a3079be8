/** How many vectors has a CPU left at a point of the trace? Read from what the vector matrix says of itself. */
import type { Trace } from './trace.ts'

/** Each says how many vectors its CPU has left after it (kernel/irq/matrix.c, 5.10 to 7.3). */
const SPEAKING: ReadonlySet<string> = new Set(['irq_matrix_alloc', 'irq_matrix_free', 'irq_matrix_assign'])

/**
 * Vectors that this CPU had left before the event with this place in the trace; undefined when nothing was said of it. An
 * event on a CPU that is going offline is not traced: ask before that.
 */
export function vectorsLeft(trace: Trace, cpu: number, before: number): number | undefined {
  const said = trace.events
    .slice(0, Math.max(0, before))
    .findLast(({ name, fields }) => SPEAKING.has(name) && fields['cpu'] === String(cpu))
  const left = said?.fields['avl']
  return left === undefined || !/^\d+$/.test(left) ? undefined : Number(left)
}
