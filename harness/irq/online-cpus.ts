/** Which CPUs were online at a moment of a run? Those of its start, and what irqlab's own acts did to them until then. */
import { actsIn } from './act-markers.ts'
import { CpuMask } from './cpu-mask.ts'
import type { RunEvidence } from './move-evidence.ts'

/** The CPUs that were online when the event of this index was traced. An act counts once it is over, and only if it succeeded. */
export function onlineAt(
  { onlineCpus, trace }: Pick<RunEvidence, 'onlineCpus' | 'trace'>,
  index: number,
): CpuMask {
  const acts = [
    ...actsIn(trace, 'offlined').map((event) => ({ ...event, comes: false })),
    ...actsIn(trace, 'onlined').map((event) => ({ ...event, comes: true })),
  ]
  return acts
    .filter((act) => act.index < index && act.fields['status'] === '0')
    .toSorted((a, b) => a.index - b.index)
    .reduce((online, { fields, comes }) => {
      const cpu = CpuMask.of(Number(fields['cpu']))
      return comes ? online.union(cpu) : online.minus(cpu)
    }, onlineCpus)
}
