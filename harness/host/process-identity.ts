/** Does a process of which we read in a file still run? A number alone would name another one some day. */
import { readFileSync } from 'node:fs'
import { bootId } from './remembered-kvm.ts'

/** Names one process of one boot of one machine. */
export interface ProcessIdentity {
  readonly pid: number
  /** Field 22 of /proc/PID/stat, in clock ticks since boot (linux: fs/proc/array.c, do_task_stat). */
  readonly startTime: string
  readonly bootId: string
}

/** This process. */
export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, startTime: startTimeOf('self') ?? '', bootId: bootId() }
}

/** It runs on this machine now. One of another machine or another boot does not. */
export function stillRuns({ pid, startTime, bootId: boot }: ProcessIdentity): boolean {
  return boot === bootId() && startTimeOf(String(pid)) === startTime
}

/** Undefined: there is none, or it is dead and only not collected yet. */
function startTimeOf(pid: string): string | undefined {
  try {
    // The name in field 2 may hold blanks and brackets: what counts is behind the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
