/** What does /proc/interrupts of a large machine say? As proc-interrupts.ts, but for 512 CPUs and 4,000 irqs: from bytes, into typed arrays. */
import type { CpuMask } from './cpu-mask.ts'
import { MalformedText } from './malformed-text.ts'
import { countLimit, parseCount } from './per-cpu-count.ts'
import { type RowTail, rowTail } from './proc-interrupts.ts'

/** One reading of all irqs. */
export interface InterruptCounts {
  /** The CPUs of the columns, ascending. */
  readonly cpus: readonly number[]
  /** By the irq's number. */
  readonly rows: ReadonlyMap<number, CountedRow>
}

/** One irq. */
export interface CountedRow extends RowTail {
  readonly counts: CpuCounts
}

/** Interrupts by CPU, without the CPUs that have none: most of 512. */
export interface CpuCounts {
  /** Ascending. */
  readonly cpus: Uint16Array
  /** Of the CPU in the same place; 32 bits, wrapping. */
  readonly counts: Uint32Array
  readonly total: number
}

/** Builds counts from pairs, CPUs ascending; those with no interrupt are passed over. */
export function cpuCounts(pairs: Iterable<readonly [cpu: number, count: number]>): CpuCounts {
  const some = [...pairs].filter(([, count]) => count !== 0)
  return {
    cpus: Uint16Array.from(some, ([cpu]) => cpu),
    counts: Uint32Array.from(some, ([, count]) => count),
    total: some.reduce((sum, [, count]) => sum + count, 0),
  }
}

/** The pairs of CPU and count, CPUs ascending. */
export function* eachCpu({ cpus, counts }: CpuCounts): Generator<readonly [cpu: number, count: number]> {
  for (const [at, cpu] of cpus.entries()) yield [cpu, counts[at] ?? 0]
}

const NEWLINE = 10
const SPACE = 32
const COLON = 58
const DIGIT_0 = 48
const DIGIT_9 = 57

/**
 * Reads the numbered rows; those with a name (`LOC`) are passed over. Where the header is missing, as in 7.2.0 to 7.2.12 on
 * large machines, the columns are those of `online`. Throws `MalformedText` for a row that does not match the columns and for a
 * text that was cut within a row.
 */
export function parseInterruptCounts(text: Buffer, source: string, online?: CpuMask): InterruptCounts {
  const rows = new Map<number, CountedRow>()
  let cpus: readonly number[] | undefined
  let number = 0
  for (let start = 0; start < text.length;) {
    const end = text.indexOf(NEWLINE, start)
    number++
    const line = { text, start, end: end === -1 ? text.length : end }
    const at = number
    const refuse = (what: string) =>
      new MalformedText(source, at, text.toString('latin1', line.start, line.end), what)
    if (end === -1) throw refuse('cut before the end of the line')
    if (number === 1) cpus = header(text.toString('latin1', start, end)) ?? online?.cpus
    if (cpus === undefined) throw refuse('not the header that names the CPUs')
    const row = parseRow(line, cpus, refuse)
    if (row !== undefined) rows.set(row.number, row)
    start = end + 1
  }
  if (cpus === undefined) throw new MalformedText(source, 1, '', 'empty, where text was expected')
  return { cpus, rows }
}

interface Line {
  readonly text: Buffer
  readonly start: number
  readonly end: number
}

/** The CPUs of the header; undefined when the line is none. */
function header(line: string): readonly number[] | undefined {
  const words = line.trim().split(/ +/)
  const cpus = words.map((word) => (word.startsWith('CPU') ? parseCount(word.slice(3)) : undefined))
  return cpus.every((cpu) => cpu !== undefined) ? cpus : undefined
}

function parseRow(
  { text, start, end }: Line,
  columns: readonly number[],
  refuse: (what: string) => MalformedText,
): (CountedRow & { readonly number: number }) | undefined {
  let at = start
  while (at < end && text[at] === SPACE) at++
  let number = 0
  const first = at
  for (; at < end && isDigit(text[at]); at++) number = number * 10 + (text[at] ?? 0) - DIGIT_0
  if (at === first || text[at] !== COLON) return undefined
  at++
  const cpus: number[] = []
  const some: number[] = []
  let total = 0
  // By index: an iterator would leave two million little objects behind on a large machine.
  for (let column = 0; column < columns.length; column++) {
    while (at < end && text[at] === SPACE) at++
    const begin = at
    let count = 0
    for (; at < end && isDigit(text[at]); at++) count = count * 10 + (text[at] ?? 0) - DIGIT_0
    if (at === begin || (at < end && text[at] !== SPACE) || count >= countLimit)
      throw refuse(`no count in column ${column + 1} of ${columns.length}`)
    if (count === 0) continue
    cpus.push(columns[column] ?? 0)
    some.push(count)
    total += count
  }
  const tail = rowTail(text.toString('latin1', at, end).trim())
  if (tail === undefined) throw refuse('no irqchip after the counts')
  // An irqchip's name is no number: there were more counts than columns.
  if (/^\d+$/.test(tail.chip)) throw refuse(`more counts than the ${columns.length} columns`)
  const counts = { cpus: Uint16Array.from(cpus), counts: Uint32Array.from(some), total }
  return { number, counts, ...tail }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= DIGIT_0 && byte <= DIGIT_9
}
