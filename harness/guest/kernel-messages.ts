/** The kernel log at the end of a run: `quiet` or not, nothing that the kernel complained of is missed. */
import { KernelFault, type Trouble } from '../base/errors.ts'
import type { Starvation } from '../host/starvation.ts'
import type { GuestCommands } from './commands.ts'
import { saidIn, sortLog } from './declared-messages.ts'
import { faultAmong } from './kernel-faults.ts'
import { staleCodeTrouble } from './stale-code.ts'
import { stallCause } from './stall.ts'

/** What is kept of a log, from the fault on. */
const CONTEXT_LINES = 20

/** The whole kernel log with priorities, as `dmesg -r` prints it. */
export async function readKernelLog(guest: GuestCommands): Promise<string> {
  return guest.run('dmesg -r', 'guest.evidence')
}

/** The complaints in a kernel log that a declared pattern fits, without priority and time. */
export function complaintsIn(log: string, declared: RegExp): readonly string[] {
  return sortLog(log.split('\n'), [declared]).declared.map(saidIn)
}

/**
 * What the fault that the log tells of means; for a stall that depends on what the vCPUs were given, for a breakpoint
 * trap on whether the guest was `emulated` by TCG. `declared` complaints are no fault.
 */
export function kernelFaultIn(
  log: string,
  vcpus: Starvation | undefined,
  emulated: boolean,
  declared: readonly RegExp[] = [],
): KernelFault | Trouble | undefined {
  const lines = log.split('\n')
  const fault = faultAmong(sortLog(lines, declared).undeclared)
  if (fault === undefined) return undefined
  const at = lines.indexOf(fault.line)
  const context = lines.slice(at, at + CONTEXT_LINES)
  if (fault.stall) return stallCause(fault, vcpus, context)
  const stale = staleCodeTrouble(fault, lines, emulated)
  return stale ?? new KernelFault(fault.kind, `Kernel ${fault.kind}: ${saidIn(fault.line)}`, context)
}
