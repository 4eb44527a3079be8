/** A request for the CPU that the irq is on already: the next interrupt settles it, and nothing moves. */
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { Law, LawInput } from './law.ts'
import { movedEarly } from './moved-early.ts'

/** arch/x86/kernel/apic/vector.c:assign_vector_locked returns at once when the current target is within the mask (5.10 to 7.3). */
export const stayed: Law = {
  name: 'stayed',
  wording:
    'with the current CPU in the mask no vector changes: interrupts stay on it, and nothing is left pending',
  judge(input: LawInput): Finding {
    const { move, trace } = input
    const last = move.batches.at(-1)?.after
    if (last === undefined) return unproven('no probe was sent')
    const { effective } = move.before
    if (effective.size !== 1) return unproven(`effective was ${effective.toList()}, not one CPU`)
    const early = movedEarly(input)
    if (early !== undefined) return unproven(`the irq moved before it could stay: ${early}`)
    // What is counted before the first probe is law 2's matter.
    const counted = countedBetween(move.hold?.ended ?? move.written, last)
    const cpu = effective.only()
    const numbers = { cpu, onCpu: counted.on(cpu), total: counted.total, configs: trace.configs.length }
    if (trace.interrupts.length === 0 && counted.total === 0) return unproven('no interrupt came', numbers)
    if (trace.configs.length + trace.updates.length > 0) return violated('the vector was changed', numbers)
    if (!last.effective.equals(effective))
      return violated(`effective went from ${effective.toList()} to ${last.effective.toList()}`, numbers)
    if (counted.on(cpu) !== counted.total || trace.interrupts.some((event) => event.cpu !== cpu)) {
      return violated(`interrupts: ${counted.words}`, numbers)
    }
    if (counted.total !== trace.interrupts.length) {
      return violated(
        `${counted.total} interrupts were counted, ${trace.interrupts.length} were handled`,
        numbers,
      )
    }
    if (!last.readBack.equals(move.write.requested))
      return violated(`${last.readBack.toList()} reads back`, numbers)
    if (last.state?.pending === true) return violated('the request is still pending', numbers)
    if (trace.moves.length > 1)
      return violated(`irq_move_masked_irq was entered ${trace.moves.length} times`, numbers)
    if (last.state === undefined) return unproven('the pending bit cannot be read on this kernel', numbers)
    return held(`${counted.total} interrupts, all on CPU ${cpu}, no vector changed`, numbers)
  },
}
