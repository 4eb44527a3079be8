/** One look at one irq: what procfs shows of its affinity and its counters, at one instant. */
import type { CpuMask } from './cpu-mask.ts'
import type { CounterReading } from './counter-delta.ts'
import type { IrqState } from './irq-state.ts'

/** What the kernel showed of one irq. `readBack` and `effective` come from procfs, `state` from the irq descriptor itself. */
export interface Reading extends CounterReading {
  /** What smp_affinity_list shows: the pending mask while a move is pending (kernel/irq/proc.c:show_irq_affinity). */
  readonly readBack: CpuMask
  /** What effective_affinity_list shows: the CPU that the hardware was last programmed for. */
  readonly effective: CpuMask
  /** State bits of the irq descriptor; undefined where this kernel offers no way to read them. */
  readonly state: IrqState | undefined
  /** Of the two marks in the trace around it, where it was marked: `irqlab reading mark=156.17`. */
  readonly mark?: string
}
