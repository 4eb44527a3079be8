/** What /proc says of one process: which part of a run it is, its CPU time, its peak memory. Pure. */
import { basename } from 'node:path'
import { Trouble } from '../base/errors.ts'

/** The part that a process plays in a run. `host command` is everything small: ip, mount, unshare, the janitor. */
export type Role = 'irqlab' | 'worker' | 'QEMU' | 'host command'

/** USER_HZ: what the kernel shows times in, whatever it counts in (proc(5), times(2)); 100 on x86. */
const MS_PER_TICK = 10

/** MB (10^6 bytes) of what /proc calls kB, which is 1024 bytes. */
export function mbOfKib(kib: number): number {
  return (kib * 1024) / 1e6
}

/** The role, from the target of /proc/PID/exe and the words of /proc/PID/cmdline. */
export function roleOf(exe: string, words: readonly string[]): Role {
  const program = basename(exe)
  if (program.startsWith('qemu-system')) return 'QEMU'
  if (program !== 'node') return 'host command'
  return words.includes('worker') ? 'worker' : 'irqlab'
}

/** User and system time of the process, in milliseconds, from /proc/PID/stat (fields 14 and 15). Throws `Trouble`. */
export function cpuMsIn(stat: string): number {
  // The command name, field 2, may hold spaces and brackets: count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  if (Number.isInteger(ticks)) return ticks * MS_PER_TICK
  throw new Trouble('bench.process', `no times in "${stat.slice(0, 80)}"`)
}

/** Peak resident memory in MB (10^6 bytes), from /proc/PID/status; undefined for a process that has no memory any more. */
export function peakMbIn(status: string): number | undefined {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]
  return found === undefined ? undefined : mbOfKib(Number(found))
}

/**
 * CPU time of all ended children and what they have waited for, in milliseconds, from what `times` of a POSIX shell
 * prints: the second line, user and system, as `0m1.250000s`. Throws `Trouble`.
 */
export function childrenCpuMsIn(times: string): number {
  const parts = [...(times.split('\n')[1] ?? '').matchAll(/(\d+)m(\d+(?:\.\d+)?)s/g)]
  if (parts.length !== 2) throw new Trouble('bench.process', `not what \`times\` prints: "${times.trim()}"`)
  return parts.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  )
}
