/** Law 4: once moved, the irq fires on the new CPU alone. */
import type { MoveTrace } from '../move-trace.ts'
import type { Reading } from '../reading.ts'
import type { TraceEvent } from '../trace-event.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { Law, LawInput } from './law.ts'

const wording = 'interrupts after the move are counted on the new CPU alone'

/** After a deferred move: all but the first interrupt. */
export const thenOnNew: Law = {
  name: 'then-on-new',
  wording,
  judge: ({ move, trace }) =>
    judgeNew(
      move.batches[0]?.after,
      move.batches.slice(1).at(-1)?.after,
      after(trace, trace.probes[1]),
      move.write.requested,
    ),
}

/** After an immediate move: all interrupts. */
export const thenOnNewAtOnce: Law = {
  name: 'then-on-new',
  wording,
  judge: ({ move, trace }) =>
    judgeNew(move.written, move.batches.at(-1)?.after, after(trace, trace.probes[0]), move.write.requested),
}

/** The interrupts since a batch of probes was announced; none when that is not in the trace. */
function after(trace: MoveTrace, mark: TraceEvent | undefined): readonly TraceEvent[] {
  return trace.interrupts.filter((event) => event.index > (mark?.index ?? Infinity))
}

function judgeNew(
  from: Reading | undefined,
  to: Reading | undefined,
  interrupts: readonly TraceEvent[],
  requested: LawInput['move']['write']['requested'],
): Finding {
  if (from === undefined || to === undefined) return unproven('no probe was sent after the move')
  if (from.effective.size !== 1 || !from.effective.isSubsetOf(requested)) {
    return unproven(`the irq had not moved: effective was ${from.effective}`)
  }
  const now = from.effective.only()
  const counted = countedBetween(from, to)
  const numbers = { now, onNew: counted.on(now), total: counted.total, handled: interrupts.length }
  if (counted.total === 0 && interrupts.length === 0)
    return unproven('no interrupt came after the move', numbers)
  if (counted.on(now) !== counted.total)
    return violated(`interrupts after the move: ${counted.words}`, numbers)
  const elsewhere = interrupts.find((event) => event.cpu !== now)
  if (elsewhere !== undefined)
    return violated(`a handler ran on CPU ${elsewhere.cpu}, not on CPU ${now}`, numbers)
  if (counted.total !== interrupts.length) {
    return violated(`${counted.total} interrupts were counted, ${interrupts.length} were handled`, numbers)
  }
  return held(`${counted.total} interrupts after the move, all on CPU ${now}`, numbers)
}
