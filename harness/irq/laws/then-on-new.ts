/** Law 4: once moved, the irq fires on the new CPU alone. */
import type { CpuMask } from '../cpu-mask.ts'
import type { MoveTrace } from '../move-trace.ts'
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
      arrived: afterMove(trace),
      handled: trace.interrupts.filter(({ index }) => index > mark.index),
      unexplained: unexplained(trace, mark),
      late: trace.interrupts.filter(({ index }) => index < mark.index).length - 1,
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
      arrived: arrivals(trace),
      handled: trace.interrupts,
      unexplained: undefined,
      late: 0,
      left: move.before.effective,
    })
  },
}

/**
 * Where interrupts arrived: at their acknowledge, or at their handler where that cannot be traced. One that arrives on
 * the new CPU while the old one still runs the handler is acknowledged there, not counted, and handled by the old CPU's
 * loop (kernel/irq/chip.c:handle_edge_irq, irq_may_run; seen on 6.1 after a retrigger).
 */
function arrivals({ acks, interrupts }: MoveTrace): readonly TraceEvent[] {
  return acks.length > 0 ? acks : interrupts
}

/**
 * The arrivals after the one that moved the irq. That is the first, unless the irq was disabled: one that wakes the system from
 * suspend to idle is acknowledged, neither counted nor handled, and raised again when the irq is enabled
 * (kernel/irq/pm.c:irq_pm_check_wakeup, apic_retrigger_irq; seen on 6.1).
 */
function afterMove(trace: MoveTrace): readonly TraceEvent[] {
  const all = arrivals(trace)
  const moved = trace.configs[0]?.index ?? -1
  const disabled = trace.acks.filter(({ index }) => index < moved).length - 1
  return all.slice(1 + (trace.retriggers.length > 0 ? Math.max(0, disabled) : 0))
}

/** Between the first interrupt and the second batch the handler runs no more often than interrupts arrived. */
function unexplained(trace: MoveTrace, mark: TraceEvent): TraceEvent | undefined {
  const before = (events: readonly TraceEvent[]) => events.filter(({ index }) => index < mark.index)
  return before(trace.interrupts)[before(arrivals(trace)).length]
}

interface AfterMove {
  readonly requested: CpuMask
  readonly from: Reading
  readonly to: Reading
  readonly trace: MoveTrace
  /** All interrupts since the move. */
  readonly arrived: readonly TraceEvent[]
  /** Handlers run between the two readings. */
  readonly handled: readonly TraceEvent[]
  /** A handler run on the old CPU after the first that no arrival on the new CPU explains. */
  readonly unexplained: TraceEvent | undefined
  /**
   * Handlers run after the first interrupt and before the second batch was announced: the kernel's own retrigger. Whether
   * the first reading counted them already depends on when a vCPU got to run.
   */
  readonly late: number
  /** CPUs whose interrupts another law judges. */
  readonly left: CpuMask | undefined
}

function judgeNew({
  requested,
  from,
  to,
  trace,
  arrived,
  handled,
  unexplained,
  late,
  left,
}: AfterMove): Finding {
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
  const numbers = { now, onNew: counted.on(now), total: counted.total, handled: handled.length }
  if (counted.total === 0 && handled.length === 0)
    return unproven('no interrupt came after the move', numbers)
  const old = left?.cpus.find(
    (cpu) => cpu !== now && counted.on(cpu) + on(cpu, arrived) + on(cpu, handled) > 0,
  )
  if (old !== undefined) return unproven(`interrupts came on CPU ${old}, which the irq had left`, numbers)
  if (counted.on(now) !== counted.total)
    return violated(`interrupts after the move: ${counted.words}`, numbers)
  const elsewhere =
    arrived.find((event) => event.cpu !== now) ?? unexplained ?? handled.find((event) => event.cpu !== now)
  if (elsewhere !== undefined)
    return violated(`an interrupt ran on CPU ${elsewhere.cpu}, not on CPU ${now}`, numbers)
  if (counted.total < handled.length || counted.total > handled.length + Math.max(0, late))
    return violated(`${counted.total} interrupts were counted, ${handled.length} were handled`, numbers)
  return held(`${counted.total} interrupts after the move, all on CPU ${now}`, numbers)
}

function on(cpu: number, events: readonly TraceEvent[]): number {
  return events.filter((event) => event.cpu === cpu).length
}
