/** One run on a machine that is not ours, as its worker is told of it. Plain data. */
import type { HostWay } from '../../remote/host-shell.ts'

/** All paths are absolute. */
export interface HostJob {
  readonly scenario: { readonly name: string; readonly file: string }
  readonly way: HostWay
  /** Name of the NIC whose queues are asked. */
  readonly nic: string
  readonly seed: number
  readonly timeoutScale: number
  /** Exists, and is the worker's alone. */
  readonly evidenceDir: string
}
