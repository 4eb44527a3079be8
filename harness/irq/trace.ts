/** What happened, in which order? Reads a whole tracefs `trace` file into events, with their stacks. */
import { MalformedText, wholeLines } from './malformed-text.ts'
import {
  contextColumn,
  parseTraceEntry,
  stackEntryName,
  type TraceEntry,
  type TraceEvent,
} from './trace-event.ts'

/** A trace as the kernel printed it. */
export interface Trace {
  /** The events in the order of the file, which is that of their times. */
  readonly events: readonly TraceEvent[]
  /** True when events are missing from it: then no claim that something did NOT happen may rest on it. */
  readonly lostEvents: boolean
  /** Entries, events and stacks, that the kernel still held when the reading began. */
  readonly entriesInBuffer: number
  /** Entries that were ever written since the trace was last emptied. */
  readonly entriesWritten: number
  /** Stacks whose event is not in the trace. */
  readonly strayStacks: number
}

type Open = TraceEntry & { stack?: readonly string[] }

/**
 * Reads the `trace` file of the nop tracer, taken with the clock mono (kernel/trace/trace.c, 5.10 to 7.3). Throws
 * `MalformedText` for every line that it does not understand, for a missing head, for a cut text, and for a text with
 * fewer entries than its header announces: stop tracing before you read.
 */
export function parseTrace(text: string, source = 'trace'): Trace {
  const lines = wholeLines(source, text)
  const events: Open[] = []
  let entries = 0
  let strayStacks = 0
  let lostEvents = false
  let counts: { readonly inBuffer: number; readonly written: number } | undefined
  let stack: { readonly head: TraceEntry; readonly functions: string[] } | undefined

  const closeStack = (): void => {
    if (!stack) return
    const owner = findStackOwner(events, stack.head)
    if (owner) owner.stack = stack.functions
    else strayStacks++
    stack = undefined
  }

  for (const [at, line] of lines.entries()) {
    const refuse = (what: string): MalformedText => new MalformedText(source, at + 1, line, what)
    if (at === 0 && line !== '# tracer: nop') throw refuse('not the head of a trace of the nop tracer')
    if (line.startsWith(' => ')) {
      if (!stack) throw refuse('a function of a stack, outside of one')
      stack.functions.push(stackFunction(line))
      continue
    }
    closeStack()
    if (isAnnotation(line)) {
      counts ??= parseCounts(line)
    } else if (isLoss(line)) {
      lostEvents = true
    } else {
      const entry = parseTraceEntry(line)
      if (!entry) throw refuse('not an entry of a trace')
      entries++
      if (entry.name === stackEntryName) stack = { head: entry, functions: [] }
      else events.push({ ...entry })
    }
  }
  closeStack()
  const refuseEnd = (what: string): MalformedText =>
    new MalformedText(source, lines.length, lines.at(-1) ?? '', what)
  if (!counts) throw refuseEnd('cut: no header that says how many entries there are')
  if (entries < counts.inBuffer)
    throw refuseEnd(`cut: ${entries} of the ${counts.inBuffer} entries that its header announces`)
  return {
    events: events.map((event, index) => ({ index, ...event })),
    lostEvents: lostEvents || counts.written > counts.inBuffer,
    entriesInBuffer: counts.inBuffer,
    entriesWritten: counts.written,
    strayStacks,
  }
}

/**
 * Which event does a stack belong to? A stacktrace trigger runs after its event was written
 * (kernel/trace/trace_events_trigger.c:trigger_stacktrace_cmd is a post trigger, 5.10 to 7.3), on the same CPU, by the
 * same task and in the same context, with preemption off. Only an interrupt can come between the two, and its entries
 * stand in another context. So the owner is the last event before the stack of that CPU in that context; it must be
 * of that task and have no stack yet, else the owner is not in the trace. Without `irq-info` the contexts cannot be
 * told apart, and an interrupt in between would take the stack: always trace with it.
 */
function findStackOwner<E extends TraceEntry & { stack?: readonly string[] }>(
  before: readonly E[],
  stack: TraceEntry,
): E | undefined {
  const owner = before.findLast(
    (event) => event.cpu === stack.cpu && contextColumn(event.flags) === contextColumn(stack.flags),
  )
  return owner?.pid === stack.pid && owner.stack === undefined ? owner : undefined
}

/** ` => irq_move_masked_irq+0x1f/0xd0 [module]` -> `irq_move_masked_irq`. */
function stackFunction(line: string): string {
  return line
    .slice(' => '.length)
    .replace(/(?:\+0x[0-9a-f]+\/0x[0-9a-f]+)?(?: \[[\w-]+\])?(?: <[0-9a-f]+>)?$/, '')
}

function isAnnotation(line: string): boolean {
  return line === '#' || line.startsWith('# ')
}

/** `CPU:1 [LOST 12 EVENTS]`; and a buffer that starts late because its oldest entries were overwritten. */
function isLoss(line: string): boolean {
  return /^CPU:\d+ \[LOST (?:\d+ )?EVENTS\]$/.test(line) || /^##### CPU \d+ buffer started ####$/.test(line)
}

function parseCounts(line: string): { readonly inBuffer: number; readonly written: number } | undefined {
  const match = /^# entries-in-buffer\/entries-written: (\d+)\/(\d+) +#P:\d+$/.exec(line)
  return match ? { inBuffer: Number(match[1]), written: Number(match[2]) } : undefined
}
