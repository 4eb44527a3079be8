/** How many interrupts of each irq did each CPU count during the run? From the two readings of /proc/interrupts. */
import { parseInterrupts } from '../../irq/proc-interrupts.ts'
import type { CounterData } from './report-data.ts'

/** Rows of the picture: what fired most, and every irq under test. */
const ROWS_MAX = 24

/** The kernel counts in 32 bits, and they wrap. */
const WRAP = 2 ** 32

/** `tested` are the irqs that the run was about. Throws `MalformedText` for what is not /proc/interrupts. */
export function countersOf(start: string, end: string, tested: ReadonlySet<number>): CounterData {
  const [before, after] = [parseInterrupts(start), parseInterrupts(end)]
  const cpus = after.cpus
  const all = [...after.rows].map(([number, row]) => {
    const old = before.rows.get(number)
    const counts = cpus.map((cpu) => ((row.counts.get(cpu) ?? 0) - (old?.counts.get(cpu) ?? 0) + WRAP) % WRAP)
    return { irq: String(number), name: row.irq.action, tested: tested.has(number), counts }
  })
  const rows = all.filter(({ tested, counts }) => tested || counts.some((count) => count > 0))
  const sum = ({ counts }: (typeof rows)[number]) => counts.reduce((total, count) => total + count, 0)
  const shown = rows
    .toSorted((a, b) => Number(b.tested) - Number(a.tested) || sum(b) - sum(a))
    .slice(0, ROWS_MAX)
    .toSorted((a, b) => Number(a.irq) - Number(b.irq))
  const left = rows.length - shown.length
  return {
    cpus,
    rows: shown,
    leftOut: left === 0 ? '' : `${left} more irqs fired; the files of the run have them.`,
  }
}
