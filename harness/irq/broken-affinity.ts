/** May a mask have been given up by the kernel, because its last CPU that could serve the irq went offline? */
import type { CpuMask } from './cpu-mask.ts'
import type { IrqHistory, Upheaval } from './irq-history.ts'
import type { Trace } from './trace.ts'
import { vectorsLeft } from './vector-room.ts'

/**
 * True when a CPU of the mask went offline between these places of the trace, and each other one was offline too or had no
 * vector left: kernel/irq/cpuhotplug.c:migrate_one_irq then falls back to the mask before, or to all online CPUs (5.10 to 7.3;
 * for want of a vector since 6.10, 88d724e2301a).
 */
export function mayBreak(
  trace: Trace,
  { upheavals }: IrqHistory,
  mask: CpuMask,
  since: number,
  until: number,
): boolean {
  return upheavals.some(
    (act) =>
      act.verb === 'offline' &&
      act.from < until &&
      act.to > since &&
      mask.has(act.cpu) &&
      mask.cpus.every((cpu) => isOffline(upheavals, cpu, act) || vectorsLeft(trace, cpu, act.from) === 0),
  )
}

/** After this act: the last that was done to the CPU took it offline. */
function isOffline(upheavals: readonly Upheaval[], cpu: number, act: Upheaval): boolean {
  return upheavals.findLast((one) => one.cpu === cpu && one.from <= act.from)?.verb === 'offline'
}
