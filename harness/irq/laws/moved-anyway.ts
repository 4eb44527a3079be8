/** The CPU of an irq goes offline, and the others of its mask have no vector left: the irq must not die of it. */
import { actsIn } from '../act-markers.ts'
import { CpuMask } from '../cpu-mask.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { vectorsLeft } from '../vector-room.ts'
import { countedBetween } from './counted.ts'
import type { Law, LawInput } from './law.ts'

/**
 * kernel/irq/cpuhotplug.c:migrate_one_irq tries again with all online CPUs since 88d724e2301a (6.10, 6.6.47). Before that
 * the irq keeps the vector of the CPU that is gone: "set affinity failed(-28)".
 */
export const movedAnyway: Law = {
  name: 'moved-anyway',
  wording:
    'when the CPU of an irq goes offline and no other CPU of its mask has a vector left, the irq moves to an online CPU all the same, and interrupts come there',
  judge({ run, move, trace }: LawInput): Finding {
    const { effective } = move.before
    if (effective.size !== 1) return unproven(`effective was ${effective.toList()}, not one CPU`)
    const old = effective.only()
    const gone = actsIn(run.trace, 'offline').find(
      ({ index, fields }) => fields['cpu'] === String(old) && index > (trace.write?.index ?? Infinity),
    )
    if (gone === undefined) return unproven(`CPU ${old} did not go offline after the write`)
    const online = run.onlineCpus.minus(CpuMask.of(old))
    const others = move.write.requested.intersect(online)
    const roomy = others.cpus.find((cpu) => vectorsLeft(run.trace, cpu, gone.index) !== 0)
    if (others.size === 0) return unproven(`${move.write.requested.toList()} has no CPU but ${old}`)
    if (roomy !== undefined) {
      const left = vectorsLeft(run.trace, roomy, gone.index)
      return unproven(`CPU ${roomy} had ${left ?? 'an unknown number of'} vectors left`)
    }
    const first = trace.probes.findIndex((probe) => probe !== undefined && probe.index > gone.index)
    const batch = move.batches[first]
    const last = move.batches.at(-1)?.after
    if (batch === undefined || last === undefined)
      return unproven(`no probe was sent after CPU ${old} was gone`)
    const before = move.batches[first - 1]?.after ?? move.written
    const batches = move.batches.slice(first)
    const sent = batches.flatMap((one) => one.sent).length
    const taken = batches.reduce((sum, one) => sum + one.taken, 0)
    const received = batches.reduce((sum, one) => sum + (one.received?.length ?? 0), 0)
    const counted = countedBetween(before, last)
    const now = last.effective.toList()
    const numbers = { old, full: others.toList(), effective: now, sent, taken, received }
    const story = `CPU ${old} went offline with no vector left on ${others.toList()}`
    if (!last.effective.isSubsetOf(online) || last.effective.size !== 1)
      return violated(
        `${story}: effective is ${now || 'no CPU at all'}, and ${received} of ${sent} probes were received`,
        numbers,
      )
    if (taken < sent) return unproven(`QEMU took ${taken} of ${sent} probes`, numbers)
    if (received < sent)
      return violated(`${story}: ${received} of ${sent} probes were received on CPU ${now}`, numbers)
    if (counted.on(last.effective.only()) !== counted.total || counted.total === 0)
      return violated(`${story}: effective is ${now}, interrupts: ${counted.words}`, numbers)
    return held(`${story}: the irq went to CPU ${now}, and all ${sent} probes were received there`, numbers)
  },
}
