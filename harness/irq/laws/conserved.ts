/** L6: no interrupt is counted that did not come, and none comes uncounted. */
import type { IrqHistory, PlacedReading } from '../irq-history.ts'
import { actsIn } from '../act-markers.ts'
import { isAtLeast } from '../kernel-release.ts'
import { countLimit } from '../per-cpu-count.ts'
import type { TraceEvent } from '../trace-event.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { IrqLaw, IrqLawInput } from './law.ts'

/**
 * kernel/irq/chip.c counts an interrupt once and runs its handler once (5.10 to 7.3). Up to 6.16 one that arrives on the new
 * CPU while the old one still handles is acknowledged there and handled by the old CPU's loop, without being counted.
 */
export const conserved: IrqLaw = {
  name: 'conserved',
  wording:
    'the counters never go back, they grow by one for each time that the handler runs, and each probe makes an interrupt',
  judge({ run, irq, history }: IrqLawInput): Finding {
    const { readings, handlers } = history
    const [first, last] = [readings[0], readings.at(-1)]
    if (first === undefined || last === undefined) return unproven('the irq was never read')
    const collisions = isAtLeast(run.release, '6.17') ? 0 : collisionsOf(history)
    for (const [at, after] of readings.entries()) {
      const before = readings[at - 1]
      const wrong = (before && backwards(before, after)) ?? uncounted(history, first, after, collisions)
      if (wrong !== undefined) return violated(wrong, { handled: handlers.length, collisions })
    }
    const numbers = {
      counted: countedBetween(first.reading, last.reading).total,
      handled: handlers.filter(({ index }) => index > first.to && index < last.from).length,
      collisions,
    }
    const marks = actsIn(run.trace, 'probe')
    for (const [at, batch] of irq.closing.entries()) {
      const place = (mark: number | undefined) =>
        marks.find(({ fields }) => fields['batch'] === String(mark))?.index
      const from = place(batch.mark)
      const to = place(irq.closing[at + 1]?.mark) ?? Infinity
      if (from === undefined) return unproven('the trace does not show a probe of the closing', numbers)
      if (batch.taken > 0 && !handlers.some(({ index }) => index > from && index < to))
        return violated(`a probe was sent and taken, and no interrupt came`, numbers)
    }
    return held(`${numbers.counted} interrupts were counted, ${numbers.handled} handled`, numbers)
  },
}

/** Handlers that ran on a CPU where nothing had arrived for them. */
function collisionsOf({ arrivals, handlers }: IrqHistory): number {
  const cpus = new Set(handlers.map(({ cpu }) => cpu))
  const on = (cpu: number, events: readonly TraceEvent[]) =>
    events.filter((event) => event.cpu === cpu).length
  return [...cpus].reduce((sum, cpu) => sum + Math.max(0, on(cpu, handlers) - on(cpu, arrivals)), 0)
}

function backwards(before: PlacedReading, after: PlacedReading): string | undefined {
  const cpu = before.reading.counts.findIndex((count, at) => {
    const step = ((after.reading.counts[at] ?? 0) - count + countLimit) % countLimit
    return step >= countLimit / 2
  })
  return cpu === -1
    ? undefined
    : `the counter of CPU ${cpu} went back from ${before.reading.counts[cpu]} to ${after.reading.counts[cpu]}`
}

/** What the counters say at this reading against the handlers that had run by then. */
function uncounted(
  { handlers }: IrqHistory,
  first: PlacedReading,
  { reading, from, to }: PlacedReading,
  collisions: number,
): string | undefined {
  const { total } = countedBetween(first.reading, reading)
  const sure = handlers.filter(({ index }) => index > first.to && index < from).length
  const most = handlers.filter(({ index }) => index > first.from && index < to).length
  // Counted and not yet handled: at most one, and its handler is the next to run.
  const inFlight = handlers.some(({ index }) => index > to) ? 1 : 0
  if (total >= sure - collisions && total <= most + inFlight) return undefined
  return `${total} interrupts were counted, ${sure} handled`
}
