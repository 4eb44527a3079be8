/** What the guest's own trace says of one request, from its write to the next one of the same irq. */
import { actsIn } from './act-markers.ts'
import type { MoveEvidence, RunEvidence, Stimulus } from './move-evidence.ts'
import type { TraceEvent } from './trace-event.ts'

/** MANAGED_IRQ_SHUTDOWN_VECTOR (arch/x86/include/asm/irq_vectors.h): a reservation, not a move. */
const RESERVED_VECTOR = '239'

/** The events of one move, sorted by what they tell. */
export interface MoveTrace {
  /** The first of irqlab's own marks around this write that the trace does not show: then nothing tells its window. */
  readonly unmarked: 'the write' | 'the end of the write' | 'the first probe' | undefined
  /** Where in the trace the move's window ends: at our next write to the irq, or with the body. */
  readonly end: number
  /** irq_set_affinity_locked, entered by our writer between the markers of this write. */
  readonly write: TraceEvent | undefined
  /** What irq_set_affinity_locked returned to our writer. */
  readonly returned: number | undefined
  /** irq_set_affinity_locked for this irq by anybody else, until the next write of ours. */
  readonly foreignWrites: readonly TraceEvent[]
  /** vector_config of this irq. */
  readonly configs: readonly TraceEvent[]
  /** irq_handler_entry of this irq: one an interrupt. */
  readonly interrupts: readonly TraceEvent[]
  /** apic_ack_edge of this irq, or apic_ack_irq with remapping: one an interrupt, before its handler. */
  readonly acks: readonly TraceEvent[]
  /** irq_move_masked_irq, entered for this irq. */
  readonly moves: readonly TraceEvent[]
  /** vector_update of this irq: names the vector and CPU that are left. */
  readonly updates: readonly TraceEvent[]
  /** irq_vectors:vector_alloc: a vector was looked for, with the answer in `ret`. */
  readonly allocs: readonly TraceEvent[]
  readonly freed: readonly TraceEvent[]
  readonly matrixAllocs: readonly TraceEvent[]
  /** irq_matrix_alloc_managed: for irqs whose CPUs the kernel alone chooses; older traces have none. */
  readonly matrixManagedAllocs: readonly TraceEvent[]
  readonly matrixFrees: readonly TraceEvent[]
  /** Packets that reached the guest's network stack on this queue; none where the stimulus is no datagram. */
  readonly deliveries: readonly TraceEvent[]
  readonly holdBegan: TraceEvent | undefined
  readonly holdEnded: TraceEvent | undefined
  /** apic_retrigger_irq of this irq: the kernel itself makes it fire once more. */
  readonly retriggers: readonly TraceEvent[]
  /** The markers of the probe batches, in their order; undefined for one that is not in the trace. */
  readonly probes: readonly (TraceEvent | undefined)[]
}

/** Cuts the trace to one move. Throws nothing: what is not there is undefined or empty, and the laws say so. */
export function moveTrace(run: RunEvidence, move: MoveEvidence): MoveTrace {
  const { trace } = run
  const irq = String(move.irq.number)
  const ofMove = (event: TraceEvent) => event.fields['id'] === String(move.id)
  // A text that must be refused is no request: it ends no window but its own.
  const begin = [...actsIn(trace, 'write'), ...actsIn(trace, 'input')].find(ofMove)
  const written = actsIn(trace, 'written').find(ofMove)
  const next = actsIn(trace, 'write').find(
    (event) =>
      event.fields['irq'] === irq && !ofMove(event) && begin !== undefined && event.index > begin.index,
  )
  const from = begin?.index ?? Infinity
  // A CPU that comes back when acts are undone makes drivers write: no matter of the scenario's any more.
  const end = actsIn(trace, 'body-end')[0] ?? actsIn(trace, 'closing')[0]
  const to = next?.index ?? end?.index ?? Infinity
  const window = trace.events.slice(Math.min(from, trace.events.length), Math.min(to, trace.events.length))
  const named = (name: string) => window.filter((event) => event.name === name && event.fields['irq'] === irq)

  const isOurs = (event: TraceEvent) =>
    written !== undefined && event.index < written.index && event.pid === move.write.pid
  const writes = named('set')
  const probes = move.batches.map(({ mark }) =>
    actsIn(trace, 'probe').find((event) => event.fields['batch'] === String(mark)),
  )
  const write = writes.find(isOurs)
  // Another irq may have been written by the same process before.
  const returned = window.find(
    (event) => event.name === 'setr' && isOurs(event) && event.index > (write?.index ?? Infinity),
  )
  return {
    unmarked:
      begin === undefined
        ? 'the write'
        : written === undefined
          ? 'the end of the write'
          : probes.length > 0 && probes[0] === undefined
            ? 'the first probe'
            : undefined,
    end: to,
    write,
    returned: returned === undefined ? undefined : Number(returned.fields['ret']),
    foreignWrites: writes.filter((event) => event !== write),
    configs: named('vector_config').filter((event) => event.fields['vector'] !== RESERVED_VECTOR),
    interrupts: named('irq_handler_entry'),
    acks: [...named('ack'), ...named('ack_remapped')],
    moves: named('move'),
    updates: named('vector_update'),
    allocs: named('vector_alloc'),
    freed: named('vector_free_moved'),
    matrixAllocs: window.filter((event) => event.name === 'irq_matrix_alloc'),
    matrixManagedAllocs: window.filter((event) => event.name === 'irq_matrix_alloc_managed'),
    matrixFrees: window.filter((event) => event.name === 'irq_matrix_free'),
    deliveries: deliveriesIn(window, move.stimulus),
    holdBegan: actsIn(trace, 'hold').find((event) => ofMove(event)),
    holdEnded: actsIn(trace, 'hold-end').find((event) => ofMove(event)),
    retriggers: named('retrigger'),
    probes,
  }
}

/** Packets that came to the queue that the stimulus names: the skb's queue_mapping is the rx queue recorded, plus one. */
export function deliveriesIn(window: readonly TraceEvent[], stimulus: Stimulus): readonly TraceEvent[] {
  if (stimulus.kind !== 'datagram') return []
  const { queueIndex } = stimulus
  const all = window.filter((event) => event.name === 'napi_gro_receive_entry')
  return queueIndex === 'any'
    ? all
    : all.filter((event) => event.fields['queue_mapping'] === String(queueIndex + 1))
}
