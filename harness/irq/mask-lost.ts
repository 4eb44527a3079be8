/** Was there a time when no CPU of a mask could take its irq? Then the kernel may put it elsewhere: it breaks the affinity. */
import type { CpuMask } from './cpu-mask.ts'
import type { IrqHistory } from './irq-history.ts'
import type { RunEvidence } from './move-evidence.ts'
import { vectorsLeft } from './vector-room.ts'

/**
 * True when between these places of the trace a CPU of the mask went offline, and each of the others had gone, or had no
 * vector left at that time (kernel/irq/cpuhotplug.c:migrate_one_irq; the latter since 88d724e2301a, 6.10 and 6.6.47).
 */
export function isMaskLost(
  { trace }: Pick<RunEvidence, 'trace'>,
  { upheavals }: Pick<IrqHistory, 'upheavals'>,
  mask: CpuMask,
  between: { readonly since: number; readonly before: number },
): boolean {
  const gone = upheavals.filter(
    ({ kind, verb, from, to }) =>
      kind === 'cpu' && verb === 'offline' && from < between.before && to > between.since,
  )
  const own = gone.filter(({ cpu }) => mask.has(cpu))
  return (
    own.length > 0 &&
    mask.cpus.every(
      (cpu) =>
        own.some((act) => act.cpu === cpu) || own.some(({ from }) => vectorsLeft(trace, cpu, from) === 0),
    )
  )
}
