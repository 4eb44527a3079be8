/** L2, and LR with remapping: an irq moves when it was asked to, and only in the way that its irqchip has. */
import { type IrqHistory, isMoving, type PlacedReading, type Request, upheavalIn } from '../irq-history.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { IrqLaw, IrqLawInput } from './law.ts'

/**
 * Without remapping only an interrupt moves the irq (kernel/irq/migration.c:irq_move_masked_irq, from its acknowledge or
 * its end). With it the write does (drivers/iommu/intel/irq_remapping.c:intel_ir_set_affinity), unless the vector of the
 * move before is still to be freed: then the next interrupt does that too (5.10 to 7.3).
 */
export const noMoveUnasked: IrqLaw = {
  name: 'no-move-unasked',
  wording:
    'effective changes only for a request whose mask leaves the CPU out, and without remapping only when an interrupt of the irq arrives; with it, at the write',
  judge({ irq, history }: IrqLawInput): Finding {
    const { readings } = history
    const [first] = readings
    if (first === undefined) return unproven('the irq was never read')
    const late = irq.prediction.kind === 'immediate' ? notAtTheWrite(history) : undefined
    if (late !== undefined) return violated(late)
    let last = first
    let changes = 0
    for (const placed of readings.slice(1)) {
      const wrong = wrongChange(history, last, placed, irq.prediction.kind)
      if (wrong !== undefined) {
        const [from, to] = [last.reading.effective.toList(), placed.reading.effective.toList()]
        return violated(`effective went from ${from} to ${to} ${wrong}`, { from, to })
      }
      if (!last.reading.effective.equals(placed.reading.effective)) changes++
      last = placed
    }
    return held(`effective changed ${changes} times in ${readings.length} readings, each time asked for`, {
      changes,
      readings: readings.length,
    })
  },
}

function wrongChange(
  history: IrqHistory,
  before: PlacedReading,
  after: PlacedReading,
  kind: 'deferred' | 'immediate' | 'unknown',
): string | undefined {
  const [old, now] = [before.reading, after.reading]
  if (old.effective.equals(now.effective) || !before.isActive || !after.isActive) return undefined
  if (upheavalIn(history, before.from, after.to) !== undefined) return undefined
  const asked = openRequests(history, before, after)
  if (asked.length === 0) return 'and nobody had asked for it'
  if (asked.every(({ mask }) => mask !== undefined && old.effective.isSubsetOf(mask)))
    return `although ${asked.map(({ words }) => words).join(' and ')} was asked for`
  // One that arrives on the new CPU while the old one still handles is acknowledged and not counted (irq_may_run).
  const arrived =
    countedBetween(old, now).total > 0 ||
    history.arrivals.some(({ index }) => index > before.from && index < after.to)
  if (kind === 'deferred' && !arrived) return 'with no interrupt'
  if (kind === 'immediate' && !arrived && asked.every(({ end }) => end < before.from))
    return 'neither at a write nor at an interrupt'
  return undefined
}

/** Requests that may be made between two readings: what was pending at the first, and all that came since. */
function openRequests(history: IrqHistory, before: PlacedReading, after: PlacedReading): readonly Request[] {
  const good = history.requests.filter(({ returned, event }) => returned === 0 && event.index < after.to)
  const older = good.findLast(({ end }) => end < before.from)
  const newer = good.filter(({ end }) => end > before.from)
  const wasPending = before.reading.state?.pending !== false || isMoving(history, before)
  return older !== undefined && wasPending ? [older, ...newer] : newer
}

/** LR: a write of ours after which effective is not within the mask, although nothing kept the kernel from moving it. */
function notAtTheWrite(history: IrqHistory): string | undefined {
  for (const request of history.requests) {
    const { event, end, mask, returned, wasPending } = request
    const after = history.readings.find(({ from }) => from > end)
    if (returned !== 0 || mask === undefined || after === undefined || !after.isActive) continue
    const next = history.requests.find((other) => other.event.index > event.index)
    if (next !== undefined && next.event.index < after.to) continue
    if (wasPending || history.isBusy(event.index)) continue
    if (upheavalIn(history, event.index, after.to) !== undefined) continue
    if (!after.reading.effective.isSubsetOf(mask))
      return `${request.words} was asked for, effective is ${after.reading.effective.toList()} afterwards`
  }
  return undefined
}
