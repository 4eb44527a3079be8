/**
 * Did QEMU's translation run code that memory no longer holds? A kernel that patches itself (static keys, kprobes, ftrace)
 * puts a breakpoint, int3, over the first byte, patches the rest, and takes the breakpoint back. QEMU's TCG drops the old
 * translation before the guest's write is done; another vCPU that translates in between keeps the breakpoint for good.
 */
import { Trouble } from '../base/errors.ts'
import type { FaultLine } from './kernel-faults.ts'

/** What is kept of the log, from the trap on. */
const CONTEXT_LINES = 20

/** `int3: 0000 [#1] SMP`, since 6.10 with `Oops: ` before it (linux: arch/x86/kernel/traps.c:exc_int3, die). */
const BREAKPOINT_TRAP = /\bint3: [0-9a-f]{4,} \[#\d+\]/

/** A line that stands behind the code of the trap: from here on any code is that of another place. */
const BEHIND_THE_CODE = /\bCall Trace:|---\[ end trace |: [0-9a-f]{4,} \[#\d+\]/

/**
 * 42 bytes before RIP, the one at RIP, and those after it (linux: arch/x86/kernel/dumpstack.c:show_opcodes, 5.10 to 7.3). The last
 * before RIP is all that counts: an emulated console under load may lose a character of the others (seen: `48 0fbc c0`).
 */
const CODE = /\bCode: [0-9a-f ]*\b([0-9a-f]{2}) <[0-9a-f]{2}>/

const INT3 = 'cc'

/** Where the kernel trapped on a breakpoint, and what its memory held there. */
interface BreakpointTrap {
  /** `sched_clock_cpu+0x9/0x1f0`; undefined when the log does not tell. */
  readonly at: string | undefined
  /** The byte before RIP, in hex: on this trap RIP is one past the breakpoint. Undefined when the log does not tell. */
  readonly byte: string | undefined
}

/**
 * The trouble that an emulator's stale translation made of this fault; undefined for every other fault, which stays the
 * kernel's: a breakpoint that is there in memory was put there by it, and hardware does not run what memory does not hold.
 * `lines` is all there is of the console or kernel log, `emulated` says that the guest ran on TCG.
 */
export function staleCodeTrouble(
  fault: FaultLine,
  lines: readonly string[],
  emulated: boolean,
): Trouble | undefined {
  const trap = emulated ? breakpointTrap(fault, lines) : undefined
  if (trap?.byte === undefined || trap.byte === INT3) return undefined
  const start = lines.indexOf(fault.line)
  return new Trouble(
    'emulator.stale-code',
    `QEMU's fault, not the kernel's: it ran a breakpoint (int3) at ${trap.at ?? 'an unknown place'} that is no longer in the guest's memory, which holds ${trap.byte} there; the kernel had patched this code, and QEMU kept a stale translation of it`,
    {
      console: lines.slice(start, start + CONTEXT_LINES),
      hint: 'try again (--retries 1), or name a newer QEMU in IRQLAB_QEMU',
    },
  )
}

/** True while the log has a breakpoint trap, and not yet the code that says whose fault it is. */
export function awaitsCode(fault: FaultLine | undefined, lines: readonly string[]): boolean {
  if (fault === undefined) return false
  const trap = breakpointTrap(fault, lines)
  return trap !== undefined && trap.byte === undefined
}

function breakpointTrap(fault: FaultLine, lines: readonly string[]): BreakpointTrap | undefined {
  if (!BREAKPOINT_TRAP.test(fault.line)) return undefined
  const after = lines.slice(lines.indexOf(fault.line) + 1)
  const end = after.findIndex((line) => BEHIND_THE_CODE.test(line))
  const dump = end < 0 ? after : after.slice(0, end)
  return { at: inFirst(dump, /\bRIP: 0010:(\S+)/), byte: inFirst(dump, CODE) }
}

function inFirst(lines: readonly string[], pattern: RegExp): string | undefined {
  for (const line of lines) {
    const found = pattern.exec(line)
    if (found !== null) return found[1]
  }
  return undefined
}
