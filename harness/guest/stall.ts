/**
 * Is a stall the kernel's fault? A soft lockup or an RCU stall in a guest whose vCPU threads were themselves kept waiting
 * for a host CPU says nothing about the guest's kernel.
 */
import { KernelFault, Trouble } from '../base/errors.ts'
import type { Starvation } from '../host/starvation.ts'
import type { FaultLine } from './kernel-faults.ts'

/** A vCPU that waited for longer than this share of the time it wanted to run was starved. */
const STARVED_SHARE = 0.2

/**
 * The kernel's fault, or trouble `starved` when the host let the guest wait, or could not say. `window` is what the
 * vCPU threads were given (run time and run delay, /proc/PID/task/TID/schedstat).
 */
export function stallCause(
  fault: FaultLine,
  window: Starvation | undefined,
  console: readonly string[],
): KernelFault | Trouble {
  if (window === undefined)
    return new Trouble(
      'starved',
      `${fault.kind} on a machine that is not ours: whether its CPUs were kept waiting cannot be told`,
      { console },
    )
  const { ranMs, waitedMs } = window
  if (waitedMs === undefined) {
    return new Trouble(
      'starved',
      `${fault.kind} in the guest, and this host does not count how long its vCPUs waited`,
      {
        console,
        hint: 'the host kernel needs CONFIG_SCHED_INFO (schedstats)',
      },
    )
  }
  const share = waitedMs / Math.max(1, ranMs + waitedMs)
  if (share <= STARVED_SHARE)
    return new KernelFault(fault.kind, `Kernel ${fault.kind}: ${fault.line}`, console)
  const percent = Math.round(share * 100)
  return new Trouble(
    'starved',
    `${fault.kind} in the guest, whose vCPUs waited ${percent} % of their time for a host CPU`,
    {
      console,
      hint: 'give the host less to do, or use --timeout-scale',
    },
  )
}
