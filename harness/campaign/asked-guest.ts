/** What is a run's body asked of? A machine at rest, ours or not, with everything that acts on it and reads it. */
import type { DescriptorStates } from '../guest/descriptor-states.ts'
import type { Guest } from '../guest/guest.ts'
import type { Inventory } from '../guest/inventory.ts'
import type { CpuMask } from '../irq/cpu-mask.ts'
import type { Irq } from '../irq/irq.ts'
import type { Reading } from '../irq/reading.ts'
import type { Verdict } from '../irq/verdict.ts'
import type { Experiment } from '../scenario/experiment.ts'
import type { Traffic } from '../traffic/traffic.ts'

/** The machine itself, as far as a run needs it: one that is not ours has no QEMU that could be asked. */
type AskedGuest = Pick<Guest, 'commands' | 'loss'> & Partial<Pick<Guest, 'qmp' | 'starvation'>>

/** A guest at rest, with everything that acts on it and reads it. */
export interface ReadyGuest {
  readonly guest: AskedGuest
  readonly inventory: Inventory
  readonly experiment: Experiment
  readonly traffic: Traffic
  readonly states: DescriptorStates
  /** Irqs beside those of the NIC under test whose interrupts are traced. */
  readonly watched: readonly Irq[]
  /** Every reading so far, in order. */
  readonly taken: () => readonly Reading[]
  readonly traceableFunctions: ReadonlySet<string>
  /** Irqs that would not settle, as verdicts: nothing more can be asked then. */
  readonly stuck: readonly Verdict[]
  /** Of a machine that is not ours; absent of a guest of ours. */
  readonly ofOthers?: {
    /** The CPUs that irqs may be sent to. */
    readonly mayUse: CpuMask
    /** The line in the kernel's log where the run began. */
    readonly logMark: string
  }
}
