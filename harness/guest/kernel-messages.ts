/** The kernel log at the end of a run: `quiet` or not, nothing that the kernel complained of is missed. */
import { KernelFault, type Trouble } from '../base/errors.ts'
import type { Starvation } from '../host/starvation.ts'
import type { GuestCommands } from './commands.ts'
import { faultIn, moreTelling } from './kernel-faults.ts'
import { staleCodeTrouble } from './stale-code.ts'
import { stallCause } from './stall.ts'

/** What is kept of a log, from the fault on. */
const CONTEXT_LINES = 20

/** The whole kernel log with priorities, as `dmesg -r` prints it. */
export async function readKernelLog(guest: GuestCommands): Promise<string> {
  return guest.run('dmesg -r', 'guest.evidence')
}

/**
 * What the fault that the log tells of means; for a stall that depends on what the vCPUs were given, for a breakpoint
 * trap on whether the guest was `emulated` by TCG.
 */
export function kernelFaultIn(
  log: string,
  vcpus: Starvation,
  emulated: boolean,
): KernelFault | Trouble | undefined {
  const lines = log.split('\n')
  const fault = lines.map(faultIn).reduce((first, next) => moreTelling(first, next), undefined)
  if (fault === undefined) return undefined
  const at = lines.indexOf(fault.line)
  const context = lines.slice(at, at + CONTEXT_LINES)
  if (fault.stall) return stallCause(fault, vcpus, context)
  const text = fault.line.replace(/^<\d+>(\[ *\d+\.\d+\] )?/, '')
  const stale = staleCodeTrouble(fault, lines, emulated)
  return stale ?? new KernelFault(fault.kind, `Kernel ${fault.kind}: ${text}`, context)
}
