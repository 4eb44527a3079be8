/**
 * All facts of one written request, as they were seen. Evidence has no opinion: there is no `ok` in it.
 * Laws read it (irq/laws), and nothing else decides.
 */
import type { CpuMask } from './cpu-mask.ts'
import type { Given } from './given.ts'
import type { Irq } from './irq.ts'
import type { InputFile } from './input.ts'
import type { IrqEvidence } from './irq-evidence.ts'
import type { MovePrediction } from './irqchip.ts'
import type { KernelRelease } from './kernel-release.ts'
import type { Reading } from './reading.ts'
import type { Trace } from './trace.ts'

/** The written request itself. */
export interface WriteEvidence {
  readonly requested: CpuMask
  /** Which file was written: smp_affinity_list or smp_affinity. */
  readonly form: 'list' | 'hex'
  /** What write(2) said: undefined when it succeeded, else the error in words. */
  readonly error: string | undefined
  /** Process that wrote, as the guest numbers it. */
  readonly pid: number
  /** What was written when it was no mask of ours in the kernel's own form: then `requested` may be empty. */
  readonly input?: InputEvidence
}

/** A text as it was written, byte by byte, and what was predicted of it. */
export interface InputEvidence {
  readonly file: InputFile
  /** One character a byte. */
  readonly text: string
  /** The errno that it must be refused with; undefined when it must be taken as `requested`. */
  readonly errno: string | undefined
  /** The first line of the file before and after the write; empty where it cannot be read. */
  readonly shown: { readonly before: string; readonly after: string }
}

/** A window in which nothing may change on this irq, while its neighbours fire and move. */
export interface HoldEvidence {
  /** What was promised, in seconds. The trace tells how long it really was. */
  readonly seconds: number
  readonly began: Reading
  readonly ended: Reading
  /** The neighbours that were meant to fire and move in the window: the proof that the guest was alive. */
  readonly neighbours: readonly NeighbourEvidence[]
}

/** What one neighbour showed before and after the hold. */
export interface NeighbourEvidence {
  readonly queue: string
  readonly before: Reading
  readonly after: Reading
}

/**
 * What makes an irq fire exactly once, and what proves that it was delivered.
 * `datagram`: one to an rx queue; the guest's own trace shows each by its length, and the queue it came on.
 * `byte`: one written to a port; a reader in the guest keeps what it is given, in order.
 * `read`: of one sector of a disk, past the page cache, by the guest itself; each tells that it succeeded.
 * `link`: that of the NIC goes down or up; each tells when the guest knows.
 * `frame`: one that the guest sends on one tx queue; the tap counts it. Whether an interrupt comes of it is the driver's choice.
 */
export type Stimulus =
  | {
      readonly kind: 'datagram'
      /** The first is 0; `any`: all queues share the irq. */
      readonly queueIndex: number | 'any'
    }
  | { readonly kind: 'byte' }
  | { readonly kind: 'read' }
  | { readonly kind: 'link' }
  | { readonly kind: 'frame'; /** The first is 0. */ readonly queueIndex: number }
  /** Nothing that we do fires it. */
  | { readonly kind: 'none' }

/** One firing of a stimulus. */
export interface ProbeEvidence {
  /**
   * What tells it from its neighbours: the length of the IP packet in bytes, as net:napi_gro_receive_entry shows it (no
   * other frame of the run has it), or one of the 62 letters and digits that the probes of a port or disk take in turn.
   */
  readonly id: string
}

/** Probes sent together, one after the other, and what the irq showed afterwards. */
export interface ProbeBatch {
  /** Number of the marker in the trace that was written before the first of them was sent. */
  readonly mark: number
  readonly sent: readonly ProbeEvidence[]
  /** Probes that QEMU took from the host since the batch began; fewer than sent means that the host lost some. */
  readonly taken: number
  /** What the guest was given since the batch began, in order; absent where the guest's trace tells it. */
  readonly received: readonly string[] | undefined
  readonly after: Reading
}

/** One request and everything that happened to its irq until the next one. */
export interface MoveEvidence {
  /** Number of the write in this run; the trace's markers carry it. */
  readonly id: number
  /** Name of what the irq serves: `input.0`, `virtio-serial`, `ttyS1`. */
  readonly queue: string
  readonly stimulus: Stimulus
  readonly irq: Irq
  /** Made before the write. */
  readonly prediction: MovePrediction
  readonly write: WriteEvidence
  readonly before: Reading
  /** Read with it; absent in evidence from before it was, and where the kernel does not show it. */
  readonly given?: Given
  /** Right after the write. */
  readonly written: Reading
  readonly hold: HoldEvidence | undefined
  readonly batches: readonly ProbeBatch[]
  /** Id of the request that replaced this one before anything fired, if one did. */
  readonly replacedBy: number | undefined
}

/** What all moves of a run share. */
export interface RunEvidence {
  readonly release: KernelRelease
  readonly onlineCpus: CpuMask
  readonly trace: Trace
  /** Functions that this kernel can name in a trace (available_filter_functions), of those that a law would demand. */
  readonly traceableFunctions: ReadonlySet<string>
  readonly moves: readonly MoveEvidence[]
  /** Each irq under test over the whole run; none of a run that was not closed. */
  readonly irqs: readonly IrqEvidence[]
}
