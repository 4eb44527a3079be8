/** Law 3: the interrupt that applies the request is counted on the old CPU, and moves the irq before its handler runs. */
import { onlineAt } from '../online-cpus.ts'
import type { TraceEvent } from '../trace-event.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { Law, LawInput } from './law.ts'
import { movedEarly } from './moved-early.ts'

/** Functions that the stack of a deferred move must name, where this kernel can name them. */
export const DEFERRED_PATH = ['irq_move_masked_irq', 'apic_update_irq_cfg'] as const

/**
 * kernel/irq/chip.c:handle_edge_irq counts, acks (apic_ack_edge moves), then handles; handle_fasteoi_irq counts, handles, and
 * its end moves (io_apic.c:ioapic_ack_level); 5.10 to 7.3.
 */
export const firstOnOld: Law = {
  name: 'first-on-old',
  wording:
    'the first interrupt after the write is counted on the old CPU, once; it moves the irq to one online CPU of the mask, in hard interrupt context on the old CPU, before the handler runs, or when it has run for a level line of the IO-APIC',
  judge(input: LawInput): Finding {
    const { run, move, trace } = input
    const batch = move.batches[0]
    if (batch === undefined) return unproven('no probe was sent')
    if (move.before.effective.size !== 1)
      return unproven(`effective was ${move.before.effective.toList()}, not one CPU`)
    const old = move.before.effective.only()
    const counted = countedBetween(move.hold?.ended ?? move.written, batch.after)
    const now = batch.after.effective
    const numbers = {
      old,
      effective: now.toList(),
      onOld: counted.on(old),
      total: counted.total,
      retriggered: trace.retriggers.length,
    }
    const first = trace.interrupts[0]
    if (first === undefined && counted.total === 0) return unproven('no interrupt came', numbers)
    if (first === undefined)
      return violated(`the counters grew (${counted.words}), but no handler ran`, numbers)
    const early = movedEarly(input)
    // Which CPU was left stands in the trace too: where both agree, an interrupt elsewhere breaks this law by itself.
    const isOldCertain = early === undefined || trace.updates[0]?.fields['prev_cpu'] === String(old)
    if (first.cpu !== old && isOldCertain)
      return violated(`the first interrupt was handled on CPU ${first.cpu}, not on CPU ${old}`, numbers)
    if (early !== undefined) return unproven(`the irq left the old CPU too early: ${early}`, numbers)
    const online = onlineAt(run, first?.index ?? Infinity)
    if (now.size !== 1 || !now.isSubsetOf(move.write.requested) || !now.isSubsetOf(online)) {
      return violated(
        `after the first interrupt effective is ${now.toList()}, requested was ${move.write.requested.toList()}`,
        numbers,
      )
    }
    const more = counted.total - 1
    if (counted.on(old) !== 1 || counted.on(now.only()) !== more) {
      return violated(`one interrupt on the old CPU ${old} was expected, counted: ${counted.words}`, numbers)
    }
    // The kernel makes the irq fire once more on the new CPU when the new vector's number happens to be pending on the
    // old CPU for some other device (arch/x86/kernel/apic/msi.c:msi_set_affinity, lapic_vector_set_in_irr).
    if (more > 0 && trace.retriggers.length < more) {
      return violated(`one probe made ${counted.total} interrupts: ${counted.words}`, numbers)
    }
    const config = trace.configs[0]
    if (config === undefined) return violated('effective changed without a vector_config', numbers)
    const wrong = wrongConfig(config, first, {
      old,
      now: now.only(),
      isHandledFirst: move.prediction.order === 'handled first',
      traceable: run.traceableFunctions,
    })
    if (wrong !== undefined) return violated(wrong, numbers)
    if (config.hardirq === undefined)
      return unproven('the trace does not show the context of the move', numbers)
    if (config.stack === undefined) return unproven('the trace does not show the stack of the move', numbers)
    const again = more > 0 ? `; the kernel fired it ${more} more time on CPU ${now.toList()}` : ''
    return held(
      `the first interrupt was counted on CPU ${old} and moved the irq to CPU ${now.toList()}${again}`,
      numbers,
    )
  },
}

interface Expected {
  readonly old: number
  readonly now: number
  readonly isHandledFirst: boolean
  readonly traceable: ReadonlySet<string>
}

function wrongConfig(
  config: TraceEvent,
  first: TraceEvent,
  { old, now, isHandledFirst, traceable }: Expected,
): string | undefined {
  if (isHandledFirst && config.index < first.index) return 'the move was made before the handler ran'
  if (!isHandledFirst && config.index > first.index) return 'the handler ran before the move'
  if (config.cpu !== old) return `the move was made on CPU ${config.cpu}, not on the old CPU ${old}`
  if (config.hardirq === false) return 'the move was not made in hard interrupt context'
  if (config.fields['cpu'] !== String(now)) {
    return `the hardware was set to CPU ${config.fields['cpu'] ?? 'unseen'}, effective says ${now}`
  }
  if (config.stack === undefined) return undefined
  const stack = new Set(config.stack.map(plainName))
  const missing = DEFERRED_PATH.find((name) => traceable.has(name) && !stack.has(name))
  return missing === undefined ? undefined : `the stack of the move does not name ${missing}`
}

/** A compiler's clone (`name.constprop.0.isra.0`) is the function all the same. */
function plainName(name: string): string {
  return name.split('.')[0] ?? name
}
