/** A law for irqs that fire when they please: the irq moves in its first interrupt, and without one it stays. */
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { Law, LawInput } from './law.ts'

/** As first-on-old, but without a promise that any interrupt comes (kernel/irq/migration.c:irq_move_masked_irq, 5.10 to 7.3). */
export const byFiring: Law = {
  name: 'by-firing',
  wording:
    'effective changes if and only if the irq has fired: the first interrupt is counted on the old CPU, all others on the new one; without any, the request stays pending',
  judge({ move, trace }: LawInput): Finding {
    const last = move.batches.at(-1)?.after
    if (last === undefined) return unproven('no probe was sent')
    if (move.before.effective.size !== 1)
      return unproven(`effective was ${move.before.effective.toList()}, not one CPU`)
    const old = move.before.effective.only()
    const { requested } = move.write
    const counted = countedBetween(move.before, last)
    const now = last.effective
    const numbers = {
      old,
      effective: now.toList(),
      probes: move.batches.reduce((sum, { sent }) => sum + sent.length, 0),
      interrupts: counted.total,
      handled: trace.interrupts.length,
      configs: trace.configs.length,
    }
    if (!last.readBack.equals(requested)) return violated(`${last.readBack.toList()} reads back`, numbers)
    if (counted.total !== trace.interrupts.length)
      return violated(
        `${counted.total} interrupts were counted, ${trace.interrupts.length} were handled`,
        numbers,
      )
    if (counted.total === 0) {
      if (!now.equals(move.before.effective) || trace.configs.length > 0)
        return violated(`effective went from ${old} to ${now.toList()} with no interrupt`, numbers)
      if (last.state === undefined) return unproven('the pending bit cannot be read on this kernel', numbers)
      if (!last.state.pending)
        return violated('the request is not pending, and no interrupt has fired', numbers)
      return held(`no interrupt came of ${numbers.probes} probes, and nothing moved`, numbers)
    }
    if (now.size !== 1 || !now.isSubsetOf(requested))
      return violated(
        `${counted.total} interrupts fired, effective is ${now.toList()}: requested was ${requested.toList()}`,
        numbers,
      )
    if (counted.on(old) !== 1 || counted.on(now.only()) !== counted.total - 1)
      return violated(`one interrupt on the old CPU ${old} was expected, counted: ${counted.words}`, numbers)
    if (trace.configs.length !== 1)
      return violated(`the vector was configured ${trace.configs.length} times`, numbers)
    if (last.state?.pending === true) return violated('the request is still pending', numbers)
    return held(
      `${counted.total} interrupts came of ${numbers.probes} probes, the first moved the irq from CPU ${old} to CPU ${now.toList()}`,
      numbers,
    )
  },
}
