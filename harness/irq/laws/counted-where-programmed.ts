/** L4 and L5: interrupts arrive, and are counted, on the CPU that the hardware is programmed for. */
import { type IrqHistory, type PlacedReading, programmedAt, upheavalIn } from '../irq-history.ts'
import { isAtLeast } from '../kernel-release.ts'
import type { TraceEvent } from '../trace-event.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { IrqLaw, IrqLawInput } from './law.ts'

/**
 * kernel/irq/chip.c:handle_edge_irq counts first, then the acknowledge moves, then the handler runs: so the interrupt that
 * moves the irq is counted on the old CPU, and all later ones on the new one (5.10 to 7.3). A message that was on its way
 * when the hardware was set may still arrive on the old CPU, once.
 */
export const countedWhereProgrammed: IrqLaw = {
  name: 'counted-where-programmed',
  wording:
    'each interrupt arrives and is counted on the CPU that effective shows and the hardware was set to last; one more may come to the CPU that was just left',
  judge({ history, run }: IrqLawInput): Finding {
    const { readings, arrivals } = history
    const [first, last] = [readings[0], readings.at(-1)]
    if (first === undefined || last === undefined) return unproven('the irq was never read')
    const total = countedBetween(first.reading, last.reading)
    const numbers = { arrived: arrivals.length, counted: total.words }
    const stray = strayArrival(history, first)
    if (stray !== undefined) return violated(stray, numbers)
    for (const [at, after] of readings.entries()) {
      const before = readings[at - 1]
      if (before === undefined) continue
      const wrong = besideEffective(history, before, after) ?? elsewhere(history, first, after, run)
      if (wrong !== undefined) return violated(wrong, numbers)
    }
    return held(`${arrivals.length} interrupts, counted where they arrived: ${total.words}`, numbers)
  },
}

/** An arrival on another CPU than the hardware was set to. */
function strayArrival(history: IrqHistory, first: PlacedReading): string | undefined {
  let stragglersOf = -1
  for (const arrival of history.arrivals.filter(({ index }) => index > first.to)) {
    const place = placeAt(history, arrival.index)
    if (place === undefined || place.cpu === arrival.cpu) continue
    if (upheavalIn(history, place.since, arrival.index) !== undefined) continue
    if (place.left === arrival.cpu && stragglersOf !== place.since) {
      stragglersOf = place.since
      continue
    }
    return `an interrupt came to CPU ${arrival.cpu} at ${at(arrival)}, the hardware was set to CPU ${place.cpu}`
  }
  return undefined
}

interface Place {
  readonly cpu: number
  /** The CPU that was left then; undefined when nothing was set yet. */
  readonly left: number | undefined
  readonly since: number
}

/** Where the hardware sends the irq at this place of the trace. */
function placeAt(history: IrqHistory, index: number): Place | undefined {
  const now = programmedAt(history, index)
  const [first] = history.readings
  if (now === undefined)
    return first?.reading.effective.size === 1 && first.isActive
      ? { cpu: first.reading.effective.only(), left: undefined, since: first.to }
      : undefined
  const before = history.programmed.findLast(
    ({ event, cpu }) => event.index < now.event.index && cpu !== now.cpu,
  )
  const left = before?.cpu ?? first?.reading.effective.cpus[0]
  return { cpu: now.cpu, left, since: now.event.index }
}

/** Counted on another CPU than effective showed at both ends, with nothing set in between. */
function besideEffective(
  history: IrqHistory,
  before: PlacedReading,
  after: PlacedReading,
): string | undefined {
  const { effective } = before.reading
  if (effective.size !== 1 || !effective.equals(after.reading.effective) || !before.isActive) return undefined
  if (history.programmed.some(({ event }) => event.index > before.from && event.index < after.to))
    return undefined
  if (upheavalIn(history, before.from, after.to) !== undefined) return undefined
  const counted = countedBetween(before.reading, after.reading)
  const cpu = effective.only()
  const beside = counted.total - counted.on(cpu)
  const left = placeAt(history, before.from)?.left
  if (beside === 0 || (beside === 1 && left !== undefined && left !== cpu && counted.on(left) === 1))
    return undefined
  return `effective was CPU ${cpu} all the time, interrupts were counted elsewhere: ${counted.words}`
}

/** More counted on a CPU than arrived there, although as many were counted in all as arrived. */
function elsewhere(
  history: IrqHistory,
  first: PlacedReading,
  { reading, from, to }: PlacedReading,
  { release }: IrqLawInput['run'],
): string | undefined {
  const counted = countedBetween(first.reading, reading)
  const sure = history.arrivals.filter(({ index }) => index > first.to && index < from)
  const all = history.arrivals.filter(({ index }) => index > first.from && index < to)
  // An interrupt is counted before it is acknowledged: one may be in flight. Missing ones are the matter of `conserved`.
  if (sure.length !== all.length || counted.total !== all.length) return undefined
  const cpu = reading.counts.findIndex((_, at) => counted.on(at) > on(at, all))
  if (cpu === -1) return undefined
  // Acknowledged on the new CPU, handled in the loop of the old one, counted on neither (up to 6.16).
  if (!isAtLeast(release, '6.17') && history.handlers.length > counted.total) return undefined
  return `${counted.on(cpu)} interrupts were counted on CPU ${cpu}, ${on(cpu, all)} came there`
}

function on(cpu: number, events: readonly TraceEvent[]): number {
  return events.filter((event) => event.cpu === cpu).length
}

function at(event: TraceEvent): string {
  return `${(event.timeUs / 1e6).toFixed(6)} s`
}
