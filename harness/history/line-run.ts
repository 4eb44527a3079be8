/** A run as the index tells it: what the lines of history are made of. */
import type { Outcome } from '../record/run-record.ts'

/** A run of a line, in few words. */
export interface LineRun {
  readonly outcome: Outcome
  /** What attempts before the last one came to. */
  readonly earlier: readonly Outcome[]
  /** Tells kernels of the line apart: the index's number of a SHA-256 and release. */
  readonly kernel: number
  /** The index's number of its campaign. */
  readonly campaign: number
  readonly startedMs: number
  readonly runMs: number | undefined
}
