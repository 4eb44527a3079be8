/** A law of irqs that the kernel alone may move: a refused write changes nothing afterwards either. */
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { Law, LawInput } from './law.ts'

/** A managed irq (kernel/irq/manage.c:irq_can_set_affinity_usr, 5.10 to 7.3) stays where the kernel has put it. */
export const unmoved: Law = {
  name: 'unmoved',
  ofRefusals: true,
  wording:
    'after a refused write every interrupt is counted where the irq was before, effective and read-back stay, and no vector is configured',
  judge({ move, trace }: LawInput): Finding {
    const { write, before, written, batches } = move
    const mask = write.requested.toList()
    const last = batches.at(-1)?.after
    if (write.error === undefined) return violated(`${mask} was written, and accepted`)
    if (last === undefined) return unproven('no probe was sent')
    if (before.effective.size !== 1)
      return unproven(`effective was ${before.effective.toList()}, not one CPU`)
    const cpu = before.effective.only()
    const counted = countedBetween(before, last)
    const sent = batches.reduce((sum, batch) => sum + batch.sent.length, 0)
    const received = batches.reduce((sum, batch) => sum + (batch.received?.length ?? 0), 0)
    const numbers = { cpu, onCpu: counted.on(cpu), total: counted.total, sent, received }
    if (counted.total === 0) return unproven('no interrupt came', numbers)
    for (const { effective, readBack } of [written, last]) {
      if (!effective.equals(before.effective))
        return violated(`effective went from ${cpu} to ${effective.toList()}`, numbers)
      if (!readBack.equals(before.readBack))
        return violated(`${readBack.toList()} reads back instead of ${before.readBack.toList()}`, numbers)
    }
    if (trace.configs.length + trace.updates.length > 0) return violated('the vector was changed', numbers)
    if (last.state?.pending === true) return violated('the refused request is pending', numbers)
    if (counted.on(cpu) !== counted.total || trace.interrupts.some((event) => event.cpu !== cpu))
      return violated(`interrupts: ${counted.words}`, numbers)
    if (counted.total !== trace.interrupts.length)
      return violated(
        `${counted.total} interrupts were counted, ${trace.interrupts.length} were handled`,
        numbers,
      )
    if (received !== sent)
      return violated(`${sent - received} of ${sent} probes were never received`, numbers)
    return held(`${counted.total} interrupts after the refused write, all on CPU ${cpu}`, numbers)
  },
}
