/** Law 4: once moved, the irq fires on the new CPU alone. */
import type { CpuMask } from '../cpu-mask.ts'
import type { MoveTrace } from '../move-trace.ts'
import type { ProbeBatch } from '../move-evidence.ts'
import type { Reading } from '../reading.ts'
import type { TraceEvent } from '../trace-event.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { Law } from './law.ts'

const wording = 'interrupts after the move are counted on the new CPU alone'

/** After a deferred move: all but the first interrupt. */
export const thenOnNew: Law = {
  name: 'then-on-new',
  wording,
  judge({ move, trace }): Finding {
    const [first, ...later] = move.batches
    const last = later.at(-1)
    if (first === undefined || last === undefined) return unproven('no probe was sent after the move')
    const mark = trace.probes[1]
    if (mark === undefined) return unproven('the trace does not show where the second batch of probes began')
    return judgeNew({
      requested: move.write.requested,
      from: first.after,
      to: last.after,
      trace,
      interrupts: afterFirst(
        trace,
        mark,
        first,
        countedBetween(move.hold?.ended ?? move.written, first.after).total,
      ),
      left: undefined,
    })
  },
}

/** After an immediate move: all interrupts. One on the CPU that was left is law 3's matter. */
export const thenOnNewAtOnce: Law = {
  name: 'then-on-new',
  wording,
  judge({ move, trace }): Finding {
    const last = move.batches.at(-1)
    if (last === undefined) return unproven('no probe was sent after the move')
    return judgeNew({
      requested: move.write.requested,
      from: move.written,
      to: last.after,
      trace,
      interrupts: trace.interrupts,
      left: move.before.effective,
    })
  },
}

/**
 * The interrupts after the first batch was read: those since the second batch was announced, and what came in between,
 * which are the handlers beyond those that the first batch sent or counted.
 */
function afterFirst(
  { interrupts }: MoveTrace,
  mark: TraceEvent,
  { sent }: ProbeBatch,
  counted: number,
): readonly TraceEvent[] {
  const before = interrupts.filter(({ index }) => index < mark.index).length
  return interrupts.slice(Math.min(before, Math.max(sent.length, counted)))
}

interface AfterMove {
  readonly requested: CpuMask
  readonly from: Reading
  readonly to: Reading
  readonly trace: MoveTrace
  readonly interrupts: readonly TraceEvent[]
  /** CPUs whose interrupts another law judges. */
  readonly left: CpuMask | undefined
}

function judgeNew({ requested, from, to, trace, interrupts, left }: AfterMove): Finding {
  const { effective } = from
  if (effective.size !== 1 || !effective.isSubsetOf(requested))
    return unproven(`the irq had not moved: effective was ${effective.toList()}`)
  const now = effective.only()
  const set = trace.configs[0]?.fields['cpu']
  if (set !== undefined && set !== String(now))
    return unproven(
      `which CPU is new is in dispute: effective was ${now}, the hardware was set to CPU ${set}`,
    )
  const counted = countedBetween(from, to)
  const numbers = { now, onNew: counted.on(now), total: counted.total, handled: interrupts.length }
  if (counted.total === 0 && interrupts.length === 0)
    return unproven('no interrupt came after the move', numbers)
  const old = left?.cpus.find((cpu) => cpu !== now && counted.on(cpu) + on(cpu, interrupts) > 0)
  if (old !== undefined) return unproven(`interrupts came on CPU ${old}, which the irq had left`, numbers)
  if (counted.on(now) !== counted.total)
    return violated(`interrupts after the move: ${counted.words}`, numbers)
  const elsewhere = interrupts.find((event) => event.cpu !== now)
  if (elsewhere !== undefined)
    return violated(`a handler ran on CPU ${elsewhere.cpu}, not on CPU ${now}`, numbers)
  if (counted.total !== interrupts.length)
    return violated(`${counted.total} interrupts were counted, ${interrupts.length} were handled`, numbers)
  return held(`${counted.total} interrupts after the move, all on CPU ${now}`, numbers)
}

function on(cpu: number, interrupts: readonly TraceEvent[]): number {
  return interrupts.filter((event) => event.cpu === cpu).length
}
