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

/** KERNEL.md B.5 and the kernel's own wording, 5.10 to 7.3. The first match names the kind. */
const FAULT_PATTERNS: readonly FaultPattern[] = [
  { kind: 'panic', pattern: /Kernel panic - not syncing/ },
  { kind: 'double fault', pattern: /double fault:|PANIC: double fault/ },
  { kind: 'oops', pattern: /\bOops:|general protection fault|unable to handle (page fault|kernel)/ },
  { kind: 'BUG', pattern: /kernel BUG at |\bBUG: (?!soft lockup|workqueue lockup)/ },
  { kind: 'soft lockup', pattern: /watchdog: BUG: soft lockup|BUG: soft lockup/, stall: true },
  { kind: 'workqueue lockup', pattern: /BUG: workqueue lockup/, stall: true },
  { kind: 'hard lockup', pattern: /Watchdog detected hard LOCKUP/, stall: true },
  { kind: 'RCU stall', pattern: /rcu: INFO: .*(detected stall|self-detected stall)/, stall: true },
  { kind: 'hung task', pattern: /INFO: task .* blocked for more than/, stall: true },
  {
    kind: 'WARN',
    pattern: /WARNING: (CPU: \d+ PID: \d+ at|.* at arch\/x86|.* at kernel\/)|------------\[ cut here \]/,
  },
  { kind: 'lost interrupt', pattern: /No irq handler for|nobody cared/ },
  { kind: 'affinity failure', pattern: /set affinity failed\(|did not update eff\. affinity mask/ },
  {
    kind: 'vector trouble',
    pattern: /Moved interrupt pending in old target|schedule cleanup for offline CPU/,
  },
  { kind: 'vector exhaustion', pattern: /Affinity broken due to vector space exhaustion/ },
]

/** The fault that this log line tells of, if any. */
export function faultIn(line: string): FaultLine | undefined {
  for (const { kind, pattern, stall } of FAULT_PATTERNS) {
    if (pattern.test(line)) return { kind, line, stall: stall ?? false }
  }
  return undefined
}
