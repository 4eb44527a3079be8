/** Under load too, a request moves the irq once, and between two moves interrupts come to one CPU. */
import type { RunEvidence } from '../move-evidence.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { type Flips, walkFlips } from './flips.ts'
import type { Law, LawInput } from './law.ts'
import { countedBetween } from './counted.ts'

/**
 * Read off the trace alone, interrupt by interrupt, because under load no reading stands still; the counters are held
 * against it. One interrupt may have been under way to the old CPU when the message was rewritten (its local APIC had
 * it already), no more (arch/x86/kernel/apic/vector.c, 5.10 to 7.3).
 */
export const oneFlip: Law = {
  name: 'one-flip',
  wording:
    'under load a request moves the irq at most once: in one of its interrupts on the CPU that has it, by the first that finds no cleanup in the way, or with remapping in the write itself, unless a cleanup is in its way; interrupts come to that CPU before and to the new one after, but for one under way',
  judge({ run, move }: LawInput): Finding {
    const { number } = move.irq
    const own = run.moves.filter(({ irq }) => irq.number === number)
    const [first] = own
    const last = own.flatMap(({ batches }) => batches.map(({ after }) => after)).at(-1)
    if (first === undefined || last === undefined) return unproven('nothing was sent')
    if (first.before.effective.size !== 1)
      return unproven(`effective was ${first.before.effective.toList()}, not one CPU`)
    const flips = walkFlips(run, own)
    const numbers = {
      requests: own.length,
      flips: flips.flips,
      interrupts: flips.arrivals,
      underWay: flips.stragglers,
    }
    if (flips.wrong !== undefined) return violated(flips.wrong, numbers)
    if (flips.foreign !== undefined)
      return unproven(`disturbed: ${flips.foreign}`, { ...numbers, disturbed: flips.foreign })
    if (flips.flips === 0 || flips.afterFlip === 0) return unproven('no interrupt came after a move', numbers)
    const miscounted = wrongCount(run, own, flips)
    if (miscounted !== undefined) return violated(miscounted, numbers)
    if (last.effective.toList() !== String(flips.cpu))
      return violated(
        `the hardware was last set to CPU ${flips.cpu}, effective is ${last.effective.toList()}`,
        numbers,
      )
    const { requested } = own.at(-1)?.write ?? first.write
    if (!last.effective.isSubsetOf(requested) || last.state?.pending === true)
      return violated(
        `${requested.toList()} was asked for last, and in the end effective is ${last.effective.toList()}`,
        numbers,
      )
    return held(
      `${own.length} requests made ${flips.flips} moves in ${flips.arrivals} interrupts, ${flips.stragglers} of them under way`,
      numbers,
    )
  },
}

/**
 * The counters against the trace, per CPU: what is counted from the first write on, give or take what came while that
 * write itself was made.
 */
function wrongCount(run: RunEvidence, own: RunEvidence['moves'], flips: Flips): string | undefined {
  const [first] = own
  const last = own.flatMap(({ batches }) => batches.map(({ after }) => after)).at(-1)
  if (first === undefined || last === undefined) return undefined
  const [wide, narrow] = [countedBetween(first.before, last), countedBetween(first.written, last)]
  return run.onlineCpus.cpus
    .map((cpu) => {
      const [most, least] = [flips.handledAtMost(cpu), flips.handledAtLeast(cpu)]
      if (narrow.on(cpu) > most)
        return `CPU ${cpu} counted ${narrow.on(cpu)} interrupts, the trace shows ${most}`
      if (wide.on(cpu) < least)
        return `CPU ${cpu} counted ${wide.on(cpu)} interrupts, the trace shows ${least} and more`
      return undefined
    })
    .find((words) => words !== undefined)
}
