/** Which vectors did an irq take over a whole run, and which of them did it give back? Read from the trace alone. */
import type { Trace } from './trace.ts'
import type { TraceEvent } from './trace-event.ts'

/** MANAGED_IRQ_SHUTDOWN_VECTOR (arch/x86/include/asm/irq_vectors.h): every inactive irq shares it. */
const RESERVED_VECTOR = '239'

/** One vector of one CPU in the hands of an irq. */
export interface Tenure {
  readonly cpu: number
  readonly vector: number
  /** The event by which it was taken; undefined for the one that the irq had when the trace began. */
  readonly taken: TraceEvent | undefined
  /** The event by which it was given back; undefined while the irq has it. */
  readonly given: TraceEvent | undefined
}

/** What one irq did with vectors. */
export interface VectorLedger {
  /** In the order taken. */
  readonly tenures: readonly Tenure[]
  /** A vector of this irq that was given back although nobody had it any more, or taken while another irq had it. */
  readonly confused: string | undefined
}

/**
 * Reads the ledger from our probes on apic_update_irq_cfg (`taken`) and irq_matrix_free (`given`). The tracepoints
 * irq_matrix_alloc and irq_matrix_free cannot serve here: an event of a CPU that is going offline is not traced
 * (include/linux/tracepoint.h asks cpu_online, 5.10 to 7.3), and that CPU moves its irqs away all by itself. A probe is.
 */
export function vectorLedger(trace: Trace, irq: number): VectorLedger {
  const own = String(irq)
  const tenures: Tenure[] = []
  /** Who has a vector of a CPU: an irq, or undefined once it was given back. */
  const owners = new Map<string, string | undefined>()
  let confused: string | undefined
  for (const event of trace.events) {
    const { fields } = event
    if (event.name === 'vector_update' && fields['irq'] === own && tenures.length === 0) {
      const [cpu, vector] = [fields['prev_cpu'], fields['prev_vector']]
      if (cpu === undefined || vector === undefined || vector === '0' || vector === RESERVED_VECTOR) continue
      tenures.push({ cpu: Number(cpu), vector: Number(vector), taken: undefined, given: undefined })
      owners.set(`${cpu}.${vector}`, own)
    }
    if (event.name === 'taken' && fields['vector'] !== RESERVED_VECTOR) {
      const slot = slotOf(fields['cpu'], fields['vector'])
      const before = owners.get(slot)
      const taker = fields['irq']
      if (before === taker && before !== undefined) continue
      if (before !== undefined && (before === own || taker === own))
        confused ??= `vector ${words(slot)} was given to irq ${taker} while irq ${before} had it`
      owners.set(slot, taker)
      if (taker === own)
        tenures.push({
          cpu: Number(fields['cpu']),
          vector: Number(fields['vector']),
          taken: event,
          given: undefined,
        })
    }
    if (event.name === 'given') {
      const slot = slotOf(fields['cpu'], fields['bit'])
      const at = tenures.findIndex(
        ({ cpu, vector, given }) => slotOf(String(cpu), String(vector)) === slot && given === undefined,
      )
      const tenure = tenures[at]
      const wasOurs = tenures.some(({ cpu, vector }) => slotOf(String(cpu), String(vector)) === slot)
      if (tenure !== undefined) tenures[at] = { ...tenure, given: event }
      else if (wasOurs && owners.has(slot) && owners.get(slot) === undefined)
        confused ??= `vector ${words(slot)} was given back twice`
      owners.set(slot, undefined)
    }
  }
  return { tenures, confused }
}

function slotOf(cpu = '?', vector = '?'): string {
  return `${cpu}.${vector}`
}

function words(slot: string): string {
  const [cpu, vector] = slot.split('.')
  return `${vector} of CPU ${cpu}`
}
