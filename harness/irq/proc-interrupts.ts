/** What does /proc/interrupts say? Reads both layouts, up to 7.1 and since 7.2, by the header and never by column. */
import type { Irq } from './irq.ts'
import { MalformedText, wholeLines } from './malformed-text.ts'
import { parseCount } from './per-cpu-count.ts'

/** One reading of /proc/interrupts. */
export interface InterruptTable {
  /** The CPUs online at the reading, ascending: there is no column for the others. */
  readonly cpus: readonly number[]
  /** The numbered rows, by irq number. */
  readonly rows: ReadonlyMap<number, InterruptRow>
  /** The rows with a name instead of a number (`LOC`, `NMI`, `ERR`), by that name. Since 7.2 absent while zero. */
  readonly others: ReadonlyMap<string, OtherRow>
}

/** One irq of /proc/interrupts. */
export interface InterruptRow {
  /** Number, action and irqchip of this row. */
  readonly irq: Irq
  /** Interrupts counted on each online CPU, 32 bits and wrapping. */
  readonly counts: ReadonlyMap<number, number>
  /** The hardware's number of the irq within its chip; undefined where the row has none. */
  readonly hwirq: number | undefined
  /** How it is handled, `edge` or `fasteoi`; undefined where the row does not say. */
  readonly flow: string | undefined
  /** Everything after the counts, as read: irqchip, hardware number, flow, actions. */
  readonly text: string
}

/** One row that is no irq. */
export interface OtherRow {
  readonly name: string
  /** Counts on each online CPU; undefined for a row with a single number for all (`ERR`, `MIS` up to 7.1). */
  readonly counts: ReadonlyMap<number, number> | undefined
  readonly total: number
  readonly text: string
}

const source = '/proc/interrupts'

/**
 * Reads /proc/interrupts (kernel/irq/proc.c:show_interrupts up to 7.1, its successors since 7.2). Throws
 * `MalformedText` for a missing header (7.2.0 to 7.2.12 lose it on large machines), a row that does not match it, an
 * irq out of order or twice, and a text that was cut.
 */
export function parseInterrupts(text: string): InterruptTable {
  const lines = wholeLines(source, text)
  const cpus = parseHeader(lines[0] ?? '')
  const rows = new Map<number, InterruptRow>()
  const others = new Map<string, OtherRow>()
  let last = -1
  for (const [at, line] of lines.entries()) {
    if (at === 0) continue
    const refuse = (what: string): MalformedText => new MalformedText(source, at + 1, line, what)
    const label = /^ *([0-9A-Za-z]+):(?= |$)/.exec(line)
    const name = label?.[1]
    if (!label || name === undefined) throw refuse('a row without a name')
    const rest = line.slice(label[0].length)
    if (!/^\d+$/.test(name)) {
      if (others.has(name)) throw refuse(`a second row ${name}`)
      others.set(name, parseOther(name, rest, cpus, refuse))
      continue
    }
    const number = parseCount(name)
    if (number === undefined || number <= last) throw refuse(`irq ${name} after irq ${last}`)
    if (others.size > 0) throw refuse(`irq ${name} after the rows that are no irqs`)
    last = number
    rows.set(number, parseIrq(number, rest, cpus, refuse))
  }
  if (others.size === 0)
    throw new MalformedText(source, lines.length, lines.at(-1) ?? '', 'cut before the last rows')
  return { cpus, rows, others }
}

type Refuse = (what: string) => MalformedText

function parseHeader(line: string): readonly number[] {
  const refuse = (what: string): MalformedText => new MalformedText(source, 1, line, what)
  const names = line.trim() === '' ? [] : line.trim().split(/ +/)
  const cpus = names.map((name) => {
    const cpu = parseCount(name.slice(3))
    if (!name.startsWith('CPU') || cpu === undefined) throw refuse('not the header that names the CPUs')
    return cpu
  })
  if (cpus.length === 0) throw refuse('not the header that names the CPUs')
  if (cpus.some((cpu, at) => at > 0 && cpu <= (cpus[at - 1] ?? 0))) throw refuse('CPUs out of order')
  return cpus
}

/** Takes exactly one count for each CPU from the front; the rest is free text. */
function takeCounts(
  rest: string,
  cpus: readonly number[],
  refuse: Refuse,
): { readonly counts: ReadonlyMap<number, number>; readonly text: string } {
  const counts = new Map<number, number>()
  let left = rest
  for (const cpu of cpus) {
    const match = /^ *(\d+)(?= |$)/.exec(left)
    const count = parseCount(match?.[1] ?? '')
    if (!match || count === undefined) throw refuse(`no count for CPU ${cpu}, which the header names`)
    counts.set(cpu, count)
    left = left.slice(match[0].length)
  }
  const text = left.trim()
  if (/^\d+(?: |$)/.test(text)) throw refuse(`more counts than the ${cpus.length} CPUs of the header`)
  return { counts, text }
}

function parseIrq(number: number, rest: string, cpus: readonly number[], refuse: Refuse): InterruptRow {
  const { counts, text } = takeCounts(rest, cpus, refuse)
  const tail = rowTail(text)
  if (tail === undefined) throw refuse('no irqchip after the counts')
  const irq = { number, action: tail.action, chip: tail.chip }
  const { hwirq, flow } = tail
  return { irq, counts, hwirq, flow, text }
}

/** What stands behind the counts of an irq. */
export interface RowTail {
  readonly chip: string
  readonly hwirq: number | undefined
  readonly flow: string | undefined
  readonly action: string
}

/** Reads it; undefined where there is not even an irqchip. */
export function rowTail(text: string): RowTail | undefined {
  // Chip, then a hardware number unless it has none, then `-flow` and the level (other architectures), then actions.
  const match =
    /^(?<chip>\S+)(?: +(?<hwirq>\d+))?(?: *-(?<flow>\S+))?(?: +(?:Level|Edge))?(?: +(?<action>\S.*))?$/.exec(
      text,
    )?.groups
  if (match?.['chip'] === undefined) return undefined
  const hwirq = match['hwirq'] === undefined ? undefined : Number(match['hwirq'])
  return { chip: match['chip'], hwirq, flow: match['flow'], action: match['action'] ?? '' }
}

function parseOther(name: string, rest: string, cpus: readonly number[], refuse: Refuse): OtherRow {
  const single = /^ *(\d+) *$/.exec(rest)?.[1]
  if (single !== undefined && (name === 'ERR' || name === 'MIS')) {
    const total = parseCount(single)
    if (total === undefined) throw refuse(`"${single}" is not a 32-bit count`)
    return { name, counts: undefined, total, text: '' }
  }
  const { counts, text } = takeCounts(rest, cpus, refuse)
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  return { name, counts, total, text }
}
