/** Which lines of a kernel log say that the kernel itself is in trouble. Text in, values out. */

/** A line of a kernel log in which the kernel says that it is in trouble. */
export interface FaultLine {
  /** One or two words: `panic`, `oops`, `soft lockup` ... */
  readonly kind: string
  readonly line: string
  /** True for stalls, which a starved host can cause as well as the kernel. */
  readonly stall: boolean
}

interface FaultPattern {
  readonly kind: string
  readonly pattern: RegExp
  readonly stall?: true
}

/** The kind of a line that announces something that the kernel is about to name. */
export const ANNOUNCED = 'BUG or WARN'

/**
 * The kernel's own wording, as its images from 5.10 to 7.3 hold it. The first match names the kind.
 */
const FAULT_PATTERNS: readonly FaultPattern[] = [
  // With softlockup_panic=1 and its like a stall ends in a panic: it stays a stall.
  {
    kind: 'panic',
    pattern: /Kernel panic - not syncing: (?:softlockup|hung_task|Hard LOCKUP|RCU Stall|workqueue)/,
    stall: true,
  },
  { kind: 'panic', pattern: /Kernel panic - not syncing/ },
  { kind: 'double fault', pattern: /\bdouble fault: [0-9a-f]{4}|PANIC: double fault/ },
  // Every oops ends in its error code and number: `divide error: 0000 [#1]`, since 6.10 `Oops: divide error: 0000 [#1]`.
  {
    kind: 'oops',
    pattern: /: [0-9a-f]{4,} \[#\d+\]|\bBUG: (?:unable to handle|kernel NULL pointer dereference)/,
  },
  { kind: 'BUG', pattern: /kernel BUG at |\bBUG: (?!soft lockup|workqueue lockup)/ },
  { kind: 'soft lockup', pattern: /BUG: soft lockup/, stall: true },
  { kind: 'workqueue lockup', pattern: /BUG: workqueue lockup/, stall: true },
  { kind: 'hard lockup', pattern: /Watchdog detected hard LOCKUP/, stall: true },
  { kind: 'RCU stall', pattern: /INFO: rcu\w* (?:self-)?detected (?:expedited )?stall/, stall: true },
  { kind: 'hung task', pattern: /INFO: task .* blocked.* for more than/, stall: true },
  // kernel/panic.c:__warn; the second form since 6.19. Other lines that begin with WARNING: are advice.
  { kind: 'WARN', pattern: /WARNING: (?:CPU: \d+ PID: \d+ at |(?:.*:\d+ )?at .*, CPU#\d+: )/ },
  {
    kind: 'lockdep',
    pattern:
      /WARNING: (?:possible |suspicious RCU|inconsistent lock|bad unlock|held lock freed|lock held when|nested lock|.*-unsafe lock order)/,
  },
  { kind: 'lost interrupt', pattern: /No irq handler for|irq \d+: nobody cared/ },
  { kind: 'affinity failure', pattern: /set affinity failed\(|did not update eff\. affinity mask/ },
  {
    kind: 'vector trouble',
    pattern: /Moved interrupt pending in old target|schedule cleanup for offline CPU/,
  },
  { kind: 'vector exhaustion', pattern: /Affinity broken due to vector space exhaustion/ },
  // BUG and WARN print it alike, and name themselves in the lines after it.
  { kind: ANNOUNCED, pattern: /-\[ cut here \]-/ },
]

/** The fault that this log line tells of, if any. */
export function faultIn(line: string): FaultLine | undefined {
  for (const { kind, pattern, stall } of FAULT_PATTERNS) {
    if (pattern.test(line)) return { kind, line, stall: stall ?? false }
  }
  return undefined
}

/** The one of two faults, in the order printed, that says more: the first, unless it is a stall or a mere announcement. */
export function moreTelling(
  first: FaultLine | undefined,
  next: FaultLine | undefined,
): FaultLine | undefined {
  if (first === undefined || next === undefined) return first ?? next
  return weight(next) > weight(first) ? next : first
}

/** The fault that a log as a whole tells of, if any. */
export function faultAmong(lines: readonly string[]): FaultLine | undefined {
  return lines.map(faultIn).reduce((first, next) => moreTelling(first, next), undefined)
}

function weight({ kind, stall }: FaultLine): number {
  if (stall) return 0
  return kind === ANNOUNCED ? 1 : 2
}
