/** A packet is no interrupt: what NAPI fetches by polling moves nothing, however much it is. */
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { Law, LawInput } from './law.ts'

/** Fewer packets than this could be those of a queue that was just about to interrupt. */
const PACKETS_MIN = 20

/**
 * A request is applied in the acknowledge of an interrupt (kernel/irq/chip.c:handle_edge_irq), and NAPI that is polled by
 * a timer needs none (net/core/dev.c:napi_watchdog, 5.10 to 7.3): traffic flows, and the irq stays where it is.
 */
export const notByPackets: Law = {
  name: 'not-by-packets',
  wording:
    'packets that are received without an interrupt move nothing: the request stays pending, effective and vector as they were; the first interrupt moves the irq, on the old CPU',
  judge({ move, trace }: LawInput): Finding {
    const { effective } = move.before
    if (effective.size !== 1) return unproven(`effective was ${effective.toList()}, not one CPU`)
    const old = effective.only()
    const { requested } = move.write
    const first = trace.acks[0]
    const until = first?.index ?? Infinity
    const packets = trace.deliveries.filter(({ index }) => index < until).length
    const last = move.batches.at(-1)?.after
    const numbers = { old, packets, interrupts: trace.acks.length, requested: requested.toList() }
    const [config] = trace.configs
    if (config !== undefined && config.index < until)
      return violated(
        `the irq was set to CPU ${config.fields['cpu'] ?? 'unseen'} after ${packets} packets and no interrupt`,
        numbers,
      )
    const wrong = wrongReading({ move, old })
    if (wrong !== undefined) return violated(wrong, numbers)
    if (packets < PACKETS_MIN)
      return unproven(
        `only ${packets} packets came before an interrupt, ${PACKETS_MIN} are asked for`,
        numbers,
      )
    if (first === undefined || last === undefined) return unproven('no interrupt came', numbers)
    if (
      config === undefined ||
      config.cpu !== old ||
      config.hardirq === false ||
      config.index > next(trace.acks)
    )
      return violated('the first interrupt did not move the irq on the old CPU', numbers)
    if (last.effective.size !== 1 || !last.effective.isSubsetOf(requested))
      return violated(`effective is ${last.effective.toList()} in the end`, numbers)
    if (last.state?.pending === true) return violated('the request is still pending', numbers)
    if (last.state === undefined) return unproven('the pending bit cannot be read on this kernel', numbers)
    return held(
      `${packets} packets came without an interrupt and moved nothing; the first interrupt moved the irq from CPU ${old} to CPU ${last.effective.toList()}`,
      numbers,
    )
  },
}

function next(acks: LawInput['trace']['acks']): number {
  return acks[1]?.index ?? Infinity
}

/** What is wrong with a reading that no interrupt came before, in one sentence. */
function wrongReading({ move, old }: Pick<LawInput, 'move'> & { readonly old: number }): string | undefined {
  const { requested } = move.write
  const quiet = [move.written, ...move.batches.map(({ after }) => after)].filter(
    (reading) => countedBetween(move.before, reading).total === 0,
  )
  for (const { effective, readBack, state } of quiet) {
    if (!effective.equals(move.before.effective))
      return `effective went from ${old} to ${effective.toList() || 'no CPU at all'} and no interrupt was counted`
    if (!readBack.equals(requested))
      return `${readBack.toList() || 'no CPU at all'} reads back and no interrupt was counted`
    if (state?.pending === false) return 'the request is not pending, and no interrupt was counted'
  }
  return undefined
}
