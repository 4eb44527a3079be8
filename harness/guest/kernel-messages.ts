/** The kernel log at the end of a run: `quiet` or not, nothing that the kernel complained of is missed. */
import { KernelFault } from '../base/errors.ts'
import type { GuestCommands } from './commands.ts'
import { faultIn } from './kernel-faults.ts'

/** The whole kernel log with priorities, as `dmesg -r` prints it. */
export async function readKernelLog(guest: GuestCommands): Promise<string> {
  return guest.run('dmesg -r', 'guest.evidence')
}

/** The first fault that the log tells of. Stalls are left to the caller: a starved host causes them too. */
export function kernelFaultIn(log: string): KernelFault | undefined {
  const lines = log.split('\n')
  for (const [at, line] of lines.entries()) {
    const fault = faultIn(line)
    if (fault !== undefined && !fault.stall) {
      const text = line.replace(/^<\d+>(\[ *\d+\.\d+\] )?/, '')
      return new KernelFault(fault.kind, `Kernel ${fault.kind}: ${text}`, lines.slice(at, at + 20))
    }
  }
  return undefined
}
