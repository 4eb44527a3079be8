/** All that a run showed of one irq under test, from its first reading to its last: what the general laws look at. */
import type { Irq } from './irq.ts'
import type { MovePrediction } from './irqchip.ts'
import type { ProbeBatch, Stimulus } from './move-evidence.ts'
import type { Reading } from './reading.ts'

/** Where the hardware sends an irq, as QEMU or the device's own registers show it from outside of the kernel. */
export interface HardwareEntry {
  /**
   * `msi-x`: an entry of the table in the device's memory. `msi`: the capability in its configuration space. `io-apic`: a
   * line of the redirection table.
   */
  readonly kind: 'msi-x' | 'msi' | 'io-apic'
  /** The destination as the bits stand there: compare it with `apicdest` of vector_config, never with a CPU's number. */
  readonly dest: number
  readonly vector: number
  /** Undefined where there is no bit for it. */
  readonly masked: boolean | undefined
  /** The words as read. */
  readonly raw: string
}

/** One irq under test over a whole run. */
export interface IrqEvidence {
  /** Name of what the irq serves: `input.0`, `virtio-serial`, `ttyS1`. */
  readonly queue: string
  readonly stimulus: Stimulus
  readonly irq: Irq
  readonly prediction: MovePrediction
  /** Every whole reading that was taken of it, in order. */
  readonly readings: readonly Reading[]
  /** The probes of the closing, after the body had ended. None of an irq that has no handler then. */
  readonly closing: readonly ProbeBatch[]
  /** True when the irq had a handler when the body had ended: without one nothing can fire it. */
  readonly hasHandler: boolean
  /** Before the body, and at the very end; undefined where nobody outside can tell. */
  readonly hardware: {
    readonly began: HardwareEntry | undefined
    readonly ended: HardwareEntry | undefined
  }
}
