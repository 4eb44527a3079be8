/** A lost guest is no verdict until its console was read: did the kernel fault, or did something take it from us? */
import { KernelFault, Trouble } from '../base/errors.ts'
import type { Child } from '../host/processes.ts'
import type { StarvationMeter } from '../host/starvation.ts'
import { poll } from '../base/poll.ts'
import type { Limits } from '../base/limits.ts'
import type { Complaints } from './complaints.ts'
import type { SerialLog } from './serial-log.ts'
import { stallCause } from './stall.ts'

/**
 * What an error on the way to the guest really was. A fault on the console makes it the kernel's (`KernelFault`); the
 * end of QEMU makes it ours; both carry the last console lines.
 */
export async function diagnose(
  error: unknown,
  guest: {
    readonly console: SerialLog
    readonly qemu: Child
    readonly limits: Limits
    /** What the vCPUs were given since the guest was up; undefined before that. */
    readonly starvation: StarvationMeter | undefined
    readonly complaints: Complaints
  },
): Promise<unknown> {
  const { console, qemu } = guest
  if (!(error instanceof Trouble)) return error
  // The last words of a dying kernel and the end of its QEMU may be a moment behind the lost connection.
  const settled = () => (console.fault === undefined && qemu.isRunning ? undefined : true)
  await poll(guest.limits.deadline('guest.console', 'Last words of the guest'), settled, {
    everyMs: 20,
  }).catch(() => undefined)
  const { fault } = console
  if (fault !== undefined && !fault.stall) {
    return new KernelFault(fault.kind, `Kernel ${fault.kind}: ${plain(fault.line)}`, console.tail)
  }
  if (fault?.stall === true && guest.starvation !== undefined) {
    return stallCause(fault, await guest.starvation.read(), console.tail)
  }
  if (!qemu.isRunning) {
    const { code, signal } = await qemu.exited
    const how = signal === null ? `with status ${code}` : `by ${signal}`
    return new Trouble('guest.qemu', `QEMU ended ${how}${guest.complaints.words}`, {
      console: console.tail,
      hint: console.isEmpty ? 'the console is empty: the guest never got far' : 'see serial.log and qemu.log',
      cause: error,
    })
  }
  return new Trouble(error.stage, error.message, {
    console: console.tail,
    cause: error.cause,
    lasting: error.lasting,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  })
}

/** A console line without the time in front. */
function plain(line: string): string {
  return line.replace(/^\[ *\d+\.\d+\] /, '')
}
