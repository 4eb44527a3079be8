/** A lost guest is no verdict until its console was read: did the kernel fault, or did something take it from us? */
import { KernelFault, Trouble } from '../base/errors.ts'
import type { Child } from '../host/processes.ts'
import type { StarvationMeter } from '../host/starvation.ts'
import { poll } from '../base/poll.ts'
import type { Limits } from '../base/limits.ts'
import type { Complaints } from './complaints.ts'
import { saidIn } from './declared-messages.ts'
import type { SerialLog } from './serial-log.ts'
import { awaitsCode, staleCodeTrouble } from './stale-code.ts'
import { stallCause } from './stall.ts'

/**
 * What an error on the way to the guest really was. A fault on the console makes it the kernel's (`KernelFault`), unless
 * it is the emulator's; the end of QEMU makes it ours; both carry the last console lines.
 */
export async function diagnose(
  thrown: unknown,
  guest: {
    readonly console: SerialLog
    readonly qemu: Child
    readonly limits: Limits
    /** What the vCPUs were given since the guest was up; undefined before that. */
    readonly starvation: StarvationMeter | undefined
    readonly complaints: Complaints
    /** The guest runs on TCG. */
    readonly emulated: boolean
    /** Complaints of the kernel that the scenario declares: they explain no loss. */
    readonly declared: readonly RegExp[]
  },
): Promise<unknown> {
  const { console, qemu, declared } = guest
  if (!(thrown instanceof Trouble)) return thrown
  // The last words of a dying kernel and the end of its QEMU may be a moment behind the lost connection.
  const isSpeaking = () => {
    const so = console.faultBut(declared)
    return so === undefined || awaitsCode(so, console.lines)
  }
  const settled = () => (isSpeaking() && qemu.isRunning ? undefined : true)
  await poll(guest.limits.deadline('guest.console', 'Last words of the guest'), settled, {
    everyMs: 20,
  }).catch(() => undefined)
  const fault = kernelFaultOn(console, guest.emulated, declared)
  if (fault !== undefined) return fault
  const stall = console.faultBut(declared)
  // The threads of a QEMU that is gone cannot be asked any more.
  if (stall?.stall === true && guest.starvation !== undefined && qemu.isRunning) {
    return stallCause(stall, await guest.starvation.read(), console.tail)
  }
  if (!qemu.isRunning) {
    const { code, signal } = await qemu.exited
    const how = signal === null ? `with status ${code}` : `by ${signal}`
    return new Trouble('guest.qemu', `QEMU ended ${how}${guest.complaints.words}`, {
      console: console.tail,
      hint: 'see serial.log and qemu.log',
      cause: thrown,
    })
  }
  return new Trouble(thrown.stage, thrown.message, {
    console: console.tail,
    cause: thrown.cause,
    lasting: thrown.lasting,
    ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
  })
}

/**
 * The fault on the console, where there is one that no host can cause; the emulator's part in it is `Trouble`.
 * `emulated`: the guest runs on TCG. `declared` complaints are no fault.
 */
export function kernelFaultOn(
  console: SerialLog,
  emulated: boolean,
  declared: readonly RegExp[] = [],
): KernelFault | Trouble | undefined {
  const { tail } = console
  const fault = console.faultBut(declared)
  if (fault === undefined || fault.stall) return undefined
  const stale = staleCodeTrouble(fault, console.lines, emulated)
  return stale ?? new KernelFault(fault.kind, `Kernel ${fault.kind}: ${saidIn(fault.line)}`, tail)
}
