/** Which vectors did the irq have during a move, on which CPU, from when to when? */
import type { MoveWindow } from './move-window.ts'
import type { VectorBand } from './report-data.ts'

/** As the ledger of the trace has them, cut to the window. Times as the trace has them. */
export function vectorBands({ tenures, begin, trace }: MoveWindow, endUs: number): readonly VectorBand[] {
  const fromUs = begin.timeUs
  if (tenures.length > 0) {
    return tenures
      .map(({ cpu, vector, taken, given }) => ({
        cpu,
        vector,
        span: [Math.max(taken?.timeUs ?? fromUs, fromUs), Math.min(given?.timeUs ?? endUs, endUs)] as const,
        taken: taken !== undefined && taken.timeUs >= fromUs,
        given: given !== undefined && given.timeUs <= endUs,
      }))
      .filter(({ span: [from, to] }) => to > from)
  }
  // A kernel without our probes still names both vectors when one takes over from the other.
  return trace.updates.flatMap(({ timeUs, fields }) => {
    const [oldCpu, oldVector] = [fields['prev_cpu'], fields['prev_vector']]
    const freed = trace.freed.find(
      (event) => event.fields['cpu'] === oldCpu && event.fields['vector'] === oldVector,
    )
    const left: VectorBand = {
      cpu: Number(oldCpu),
      vector: Number(oldVector),
      span: [fromUs, freed?.timeUs ?? endUs],
      taken: false,
      given: freed !== undefined,
    }
    const entered: VectorBand = {
      cpu: Number(fields['cpu']),
      vector: Number(fields['vector']),
      span: [timeUs, endUs],
      taken: true,
      given: false,
    }
    return Number(oldVector) > 0 ? [left, entered] : [entered]
  })
}
