/** What does one line of a kernel trace say? Reads an entry of the tracefs `trace` file: who, where, when, what. */

/** One event of a trace. */
export interface TraceEvent {
  /** Its place among the events of the trace, the first is 0. */
  readonly index: number
  /** Name of the task that was current; `<...>` when the kernel no longer knew it. */
  readonly comm: string
  readonly pid: number
  /** The CPU on which it happened. */
  readonly cpu: number
  /** The flag columns as read, for example `d.h..`; empty when the trace was taken without `irq-info`. */
  readonly flags: string
  /** True in hard interrupt context (`h`, or `H`: a hard interrupt on top of a softirq). Undefined without `irq-info`. */
  readonly hardirq: boolean | undefined
  /** True while a softirq runs on this CPU (`s`, or `H`). Undefined without `irq-info`. */
  readonly softirq: boolean | undefined
  /** The trace clock in microseconds: with `trace_clock` mono, CLOCK_MONOTONIC of the guest. */
  readonly timeUs: number
  /** Name of the event (`vector_config`), of the kprobe (`set`), or `tracing_mark_write`. */
  readonly name: string
  /** The `key=value` pairs of the payload. */
  readonly fields: Readonly<Record<string, string>>
  /** Everything after the name, as read. */
  readonly text: string
  /** Functions of the stack recorded with the event, innermost first, without offsets. Undefined where none was recorded. */
  readonly stack?: readonly string[]
}

/** An entry before it has its place: an event, or the head of a stack that belongs to one. */
export type TraceEntry = Omit<TraceEvent, 'index' | 'stack'>

/** The name under which a recorded stack stands in the trace (kernel/trace/trace_output.c:trace_stack_print). */
export const stackEntryName = '<stack trace>'

/**
 * `comm-pid (tgid) [cpu] flags seconds.micros: payload` (kernel/trace/trace_output.c:trace_print_context, 5.10 to 7.3).
 * The name of a task may hold blanks, dashes and brackets, so it ends at the first `-pid [cpu] ... time:` that fits:
 * 15 bytes are too few for a name to imitate all of that. Before 5.14 there are four flag columns, then five; kernels with
 * the patches of PREEMPT_RT had seven (5.10-rt, 6.1-rt): need-resched-lazy is the third, preempt-lazy-depth the sixth.
 */
const entryForm = new RegExp(
  String.raw`^ *(?<comm>\S.*?|)-(?<pid>\d+) +(?:\((?: *\d+|-+)\) +)?\[(?<cpu>\d{3,4})\] +` +
    String.raw`(?:(?<flags>[.dDbX][.A-Za-z](?:[.hHsSzZ][.0-9a-f]{1,2}|[.A-Za-z][.hHsSzZ][.0-9a-f]{3})) +)?` +
    String.raw`(?<seconds>\d+)\.(?<micros>\d{6}): (?<payload>.*)$`,
  's',
)

/** Reads one entry. Undefined when the line is none: the caller knows the line's number and complains. */
export function parseTraceEntry(line: string): TraceEntry | undefined {
  const parts = entryForm.exec(line)?.groups
  if (!parts) return undefined
  const payload = parsePayload(parts['payload'] ?? '')
  if (!payload) return undefined
  const flags = parts['flags'] ?? ''
  const context = contextColumn(flags)
  return {
    comm: parts['comm'] ?? '',
    pid: Number(parts['pid']),
    cpu: Number(parts['cpu']),
    flags,
    hardirq: flags === '' ? undefined : /[hH]/.test(context),
    softirq: flags === '' ? undefined : /[sH]/.test(context),
    timeUs: Number(parts['seconds']) * 1e6 + Number(parts['micros']),
    ...payload,
  }
}

/** The flag that tells a hard interrupt (`h`, `H`), a softirq (`s`, `H`) or an NMI from a task; empty without `irq-info`. */
export function contextColumn(flags: string): string {
  return flags.charAt(flags.length > 5 ? 3 : 2)
}

function parsePayload(payload: string): Pick<TraceEntry, 'name' | 'fields' | 'text'> | undefined {
  if (payload === stackEntryName) return { name: stackEntryName, fields: {}, text: '' }
  const match = /^([A-Za-z_][\w.]*):(?: (.*))?$/s.exec(payload)
  const name = match?.[1]
  if (!match || name === undefined) return undefined
  const text = match[2] ?? ''
  return { name, fields: parseFields(text), text }
}

/**
 * The `key=value` pairs of a payload. A value goes on until the next key or the end, because an irq's action may hold
 * blanks (`name=PCIe PME`); a comma before the next key separates (`global_avl=5, global_rsvd=3`). A quoted value
 * loses its quotes. Where a key stands twice, the first one counts.
 */
export function parseFields(text: string): Readonly<Record<string, string>> {
  const fields = new Map<string, string>()
  const pair = /(?<=^|[\s(])([A-Za-z_]\w*)=("[^"]*"|.*?)(?=,?\s+[A-Za-z_]\w*=|\s*$)/gs
  for (const [, key = '', value = ''] of text.matchAll(pair)) {
    if (!fields.has(key)) fields.set(key, /^".*"$/s.test(value) ? value.slice(1, -1) : value)
  }
  return Object.fromEntries(fields)
}
