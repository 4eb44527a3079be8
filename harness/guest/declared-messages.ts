/** Which complaints of a kernel log did a scenario declare, and what is left that nobody did? Text in, values out. */
import { ANNOUNCED, faultIn } from './kernel-faults.ts'

/**
 * The complaints that a declaration can cover: those after which the kernel goes on, so that laws can still be asked. After
 * a panic, an oops or a stall nobody knows what the evidence is worth.
 */
const SURVIVED: ReadonlySet<string> = new Set([
  'WARN',
  'lockdep',
  'lost interrupt',
  'affinity failure',
  'vector trouble',
  'vector exhaustion',
])

/** A kernel log, sorted. */
export interface SortedLog {
  /** Its lines without the declared complaints: what is a fault among these is one. */
  readonly undeclared: readonly string[]
  /** The complaints that one of the patterns fits, in order, as they stand in the log. */
  readonly declared: readonly string[]
}

/** Takes the declared complaints out of a log: lines of a console, or of `dmesg -r`. */
export function sortLog(lines: readonly string[], patterns: readonly RegExp[]): SortedLog {
  if (patterns.length === 0) return { undeclared: lines, declared: [] }
  const isDeclared = (line: string): boolean => {
    const fault = faultIn(line)
    return fault !== undefined && SURVIVED.has(fault.kind) && patterns.some((pattern) => pattern.test(line))
  }
  const undeclared = lines.filter((line, at) => {
    // The `cut here` before a WARN tells of nothing else than that WARN.
    const told = faultIn(line)?.kind === ANNOUNCED ? announcedAfter(lines, at) : line
    return told === undefined || !isDeclared(told)
  })
  return { undeclared, declared: lines.filter(isDeclared) }
}

/** What a `cut here` announces: the first complaint after it that has a name. */
function announcedAfter(lines: readonly string[], at: number): string | undefined {
  return lines.slice(at + 1).find((line) => {
    const fault = faultIn(line)
    return fault !== undefined && fault.kind !== ANNOUNCED
  })
}

/** A log line as the kernel said it, without priority and time. */
export function saidIn(line: string): string {
  return line.replace(/^(<\d+>)?(\[ *\d+\.\d+\] )?/, '')
}
