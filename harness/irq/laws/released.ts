/** Law 6: the vector on the old CPU is given back, by the old CPU itself. */
import type { MoveTrace } from '../move-trace.ts'
import type { TraceEvent } from '../trace-event.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { Law, LawInput } from './law.ts'

const wording =
  'the old vector is freed once, on the old CPU, and the vector matrix holds no more vectors than before'

/** After the first interrupt on the new CPU: an IPI up to 6.5, a one-jiffy timer since 6.6 (vector.c:free_moved_vector). */
export const released: Law = {
  name: 'released',
  wording,
  judge: (input) => judgeReleased(input, 'after the first on new'),
}

/** A remapped write cleans up by itself: no interrupt is needed. */
export const releasedAtOnce: Law = {
  name: 'released',
  wording,
  judge: (input) => judgeReleased(input, 'any time'),
}

function judgeReleased({ move, trace }: LawInput, when: 'after the first on new' | 'any time'): Finding {
  const update = trace.updates[0]
  if (update === undefined) return unproven('no vector was replaced')
  const old = { vector: update.fields['prev_vector'] ?? '', cpu: update.fields['prev_cpu'] ?? '' }
  const fresh = { vector: update.fields['vector'] ?? '', cpu: update.fields['cpu'] ?? '' }
  const freed = trace.freed.filter(
    (event) => event.fields['vector'] === old.vector && event.fields['cpu'] === old.cpu,
  )
  const numbers = {
    oldVector: old.vector,
    oldCpu: old.cpu,
    freed: freed.length,
    cleanup: move.prediction.cleanup,
  }
  // Arrival is the acknowledge: it starts the cleanup, which may be over on the old CPU before the handler is entered.
  // A level line of the IO-APIC has none that is traced, and starts the cleanup at its end, after the handler.
  const arrived = move.prediction.order === 'handled first' ? trace.interrupts : trace.acks
  const onNew = arrived.find((event) => String(event.cpu) === fresh.cpu)
  if (when === 'after the first on new' && onNew === undefined)
    return unproven('no interrupt came on the new CPU', numbers)
  const [free, again] = freed
  if (free === undefined)
    return violated(`vector ${old.vector} of CPU ${old.cpu} was never given back`, numbers)
  if (again !== undefined)
    return violated(`vector ${old.vector} of CPU ${old.cpu} was given back twice`, numbers)
  if (String(free.cpu) !== old.cpu) {
    return violated(`vector ${old.vector} of CPU ${old.cpu} was given back by CPU ${free.cpu}`, numbers)
  }
  if (when === 'after the first on new' && onNew !== undefined && free.index < onNew.index) {
    return violated('the old vector was given back before an interrupt had arrived on the new CPU', numbers)
  }
  return judgeMatrix(trace, { old, fresh }, numbers)
}

interface Slot {
  readonly vector: string
  readonly cpu: string
}

function judgeMatrix(
  { matrixAllocs: allocs, matrixManagedAllocs: managed, matrixFrees: frees }: MoveTrace,
  slots: { readonly old: Slot; readonly fresh: Slot },
  numbers: Readonly<Record<string, number | string>>,
): Finding {
  const at = (slot: Slot) => (event: TraceEvent) =>
    event.fields['bit'] === slot.vector && event.fields['cpu'] === slot.cpu
  const alloc = allocs.find(at(slots.fresh))
  const free = frees.find(at(slots.old))
  if (alloc === undefined || free === undefined) {
    return violated('the vector matrix was not told of the new or the old vector', numbers)
  }
  // Others may allocate and free in between; each event carries the total after it.
  const between = (events: readonly TraceEvent[]) =>
    events.filter((event) => event.index > alloc.index && event.index < free.index).length
  // A free is a free, of a managed irq too (kernel/irq/matrix.c:irq_matrix_free).
  const expected = total(alloc) + between(allocs) + between(managed) - between(frees) - 1
  const more = { ...numbers, totalBefore: total(alloc) - 1, totalAfter: total(free) }
  if (Number.isNaN(expected) || Number.isNaN(total(free)))
    return unproven('the trace does not show how many vectors the matrix holds', numbers)
  if (total(free) !== expected) {
    return violated(`the matrix holds ${total(free)} vectors, ${expected} were expected`, more)
  }
  return held(`vector ${slots.old.vector} was given back on CPU ${slots.old.cpu}`, more)
}

function total(event: TraceEvent): number {
  return Number(event.fields['total_alloc'])
}
