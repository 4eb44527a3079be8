/** L7: what effective shows is what the trace says that the hardware was set to, and how. */
import { type IrqHistory, isAsking, type PlacedReading, programmedAt, upheavalIn } from '../irq-history.ts'
import type { TraceEvent } from '../trace-event.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { IrqLaw, IrqLawInput } from './law.ts'

/**
 * arch/x86/kernel/apic/vector.c: assign_vector_locked traces vector_update, apic_update_irq_cfg writes effective and traces
 * vector_config (5.10 to 7.3). On a CPU that goes offline neither speaks: there our kprobe does.
 */
export const traced: IrqLaw = {
  name: 'traced',
  wording:
    'effective is always the CPU that the hardware was set to last; each time one new vector was assigned for it, without remapping by the interrupt on the old CPU, with it by the write',
  judge({ irq, history }: IrqLawInput): Finding {
    const { readings, configs, updates } = history
    const [first] = readings
    if (first === undefined) return unproven('the irq was never read')
    const numbers = { configs: configs.length, updates: updates.length }
    for (const placed of readings) {
      const wrong = shownOtherwise(history, first, placed)
      if (wrong !== undefined) return violated(wrong, numbers)
    }
    for (const [at, config] of configs.entries()) {
      const wrong =
        unassigned(history, configs[at - 1], config) ?? wrongWay(history, config, irq.prediction.kind)
      if (wrong !== undefined) return violated(wrong, numbers)
    }
    const unset = updates.find(
      (update) =>
        !configs.some(({ index, fields }) => index > update.index && sameVector(fields, update.fields)),
    )
    if (unset !== undefined)
      return violated(`vector ${unset.fields['vector']} was assigned, and never configured`, numbers)
    if (configs.some(({ hardirq }) => hardirq === undefined))
      return unproven('the trace does not show the context of a move', numbers)
    return held(`the hardware was set ${configs.length} times, and effective followed`, numbers)
  },
}

/** Effective at a reading against what the hardware was set to last. */
function shownOtherwise(
  history: IrqHistory,
  first: PlacedReading,
  placed: PlacedReading,
): string | undefined {
  const { reading, from, to, isActive } = placed
  // Effective is stored before vector_config is traced, with no lock that would keep a reader out.
  if (isAsking(history, placed)) return undefined
  if (!isActive || history.programmed.some(({ event }) => event.index > from && event.index < to))
    return undefined
  const set = programmedAt(history, from)
  const since = set?.event.index ?? first.to
  // Nothing else speaks there where the kernel has no kprobe for it.
  if (upheavalIn(history, since, to) !== undefined) return undefined
  const cpu = set?.cpu ?? (first.reading.effective.size === 1 ? first.reading.effective.only() : undefined)
  const { effective } = reading
  if (cpu === undefined || (effective.size === 1 && effective.only() === cpu)) return undefined
  const shown = effective.toList() || 'no CPU at all'
  return set === undefined
    ? `effective became ${shown} without a vector_config`
    : `the hardware was set to CPU ${cpu}, effective says ${shown}`
}

/** Exactly one vector_update for each vector_config. */
function unassigned(
  { updates }: IrqHistory,
  before: TraceEvent | undefined,
  config: TraceEvent,
): string | undefined {
  const from = before?.index ?? -1
  const since = updates.filter(({ index }) => index > from && index < config.index)
  const place = `CPU ${config.fields['cpu']} vector ${config.fields['vector']}`
  if (since.length === 0) return `${place} was configured without a new vector`
  if (since.length > 1) return `${since.length} vectors were assigned for the move to ${place}`
  return since[0] !== undefined && sameVector(since[0].fields, config.fields)
    ? undefined
    : `vector ${since[0]?.fields['vector']} of CPU ${since[0]?.fields['cpu']} was assigned, ${place} configured`
}

function sameVector(a: TraceEvent['fields'], b: TraceEvent['fields']): boolean {
  return a['cpu'] === b['cpu'] && a['vector'] === b['vector']
}

/** In which context the hardware was set. */
function wrongWay(
  history: IrqHistory,
  config: TraceEvent,
  kind: 'deferred' | 'immediate' | 'unknown',
): string | undefined {
  const update = history.updates.findLast(({ index }) => index < config.index)
  // A handler that comes or goes, a CPU that goes: process context, or the one that stops the machine.
  if (upheavalIn(history, config.index - 1, config.index + 1) !== undefined) return undefined
  if (update?.fields['prev_vector'] === '0' || config.hardirq === undefined) return undefined
  const place = `the move to CPU ${config.fields['cpu']}`
  if (config.hardirq) {
    if (kind === 'immediate' && !wasPending(history, config.index))
      return `${place} was made by an interrupt, with nothing pending`
    const old = update?.fields['prev_cpu']
    return old !== undefined && old !== String(config.cpu)
      ? `${place} was made on CPU ${config.cpu}, not on the old CPU ${old}`
      : undefined
  }
  if (kind === 'deferred') return `${place} was made outside of an interrupt`
  const writer = history.requests.findLast(({ event }) => event.index < config.index)?.event
  return kind === 'immediate' && writer?.pid !== config.pid
    ? `${place} was made by ${config.comm}-${config.pid}, not by the writer`
    : undefined
}

/** With remapping an interrupt makes a move only where a write could not: within the cleanup of the move before. */
function wasPending(history: IrqHistory, index: number): boolean {
  const request = history.requests.findLast(({ event }) => event.index < index)
  return request !== undefined && (request.wasPending || history.isBusy(request.event.index))
}
