/** Every CPU of a request goes offline: which mask counts then, where is the irq, and does the request ever come back? */
import { actsIn } from '../act-markers.ts'
import { CpuMask } from '../cpu-mask.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { countedBetween } from './counted.ts'
import type { Law, LawInput } from './law.ts'

/**
 * kernel/irq/cpuhotplug.c:migrate_one_irq, 5.10 to 7.3. A request of which no CPU is left is dropped
 * (kernel/irq/migration.c:irq_fixup_move_pending). An irq on the CPU that goes is moved by the mask that counted before it,
 * and where that has no CPU left either, by all online CPUs, for good: only managed irqs get their mask back
 * (irq_restore_affinity_of_irq). The trace does not show it: no tracepoint speaks on a CPU that is offline already.
 */
export const fellBack: Law = {
  name: 'fell-back',
  wording:
    'when the last CPU of a request goes offline, the mask before it counts again, or all online CPUs where that has none left: it reads back, nothing is pending, effective is one of its CPUs, interrupts come there, and that stays so when the CPU is back',
  judge(input: LawInput): Finding {
    const { run, move, trace } = input
    const { before, write, hold } = move
    if (hold === undefined) return unproven('nothing was held: silence was not asked for')
    const { began, ended } = hold
    const gone = goneInHold(input)
    const left = run.onlineCpus.minus(gone)
    if (gone.size === 0 || !write.requested.isSubsetOf(gone))
      return unproven(`not every CPU of ${write.requested.toList()} went offline during the hold`)
    if (began.effective.size !== 1)
      return unproven(`effective was ${began.effective.toList()}, not one CPU, before the CPU went`)
    if (began.state === undefined || ended.state === undefined)
      return unproven('the pending bit cannot be read on this kernel')
    const older = began.state.pending ? before.readBack : write.requested
    const expected = older.isSubsetOf(gone) ? left : older
    const stays = !began.effective.isSubsetOf(gone)
    const numbers = {
      gone: gone.toList(),
      requested: write.requested.toList(),
      expected: expected.toList(),
      readBack: ended.readBack.toList(),
      effective: ended.effective.toList(),
    }
    const counted = countedBetween(began, ended)
    if (counted.total > 0)
      return unproven(`interrupts came while nothing was sent: ${counted.words}`, numbers)
    if (ended.effective.size !== 1 || !ended.effective.isSubsetOf(expected.minus(gone)))
      return violated(
        `CPU ${numbers.gone} is gone, effective is ${numbers.effective || 'no CPU at all'}`,
        numbers,
      )
    if (stays && !ended.effective.equals(began.effective))
      return violated(
        `effective went from ${began.effective.toList()} to ${numbers.effective}, and its CPU had not gone`,
        numbers,
      )
    if (!ended.readBack.equals(expected))
      return violated(
        `${numbers.readBack || 'no CPU at all'} reads back, where ${numbers.expected} should count`,
        numbers,
      )
    if (ended.state.pending) return violated('a request is pending all the same', numbers)

    // What was sent before the hold only brought the irq to its CPU.
    const from = trace.holdEnded?.index ?? Infinity
    const later = move.batches.filter((_, at) => (trace.probes[at]?.index ?? -1) > from)
    const last = later.at(-1)?.after
    if (last === undefined) return unproven('no probe was sent afterwards', numbers)
    const afterwards = countedBetween(ended, last)
    if (afterwards.total === 0) return unproven('no interrupt came afterwards', numbers)
    const cpu = ended.effective.only()
    if (afterwards.on(cpu) !== afterwards.total)
      return violated(`interrupts afterwards: ${afterwards.words}`, numbers)
    const again = trace.configs.find(({ index }) => index > from)
    if (again !== undefined)
      return violated(`CPU ${again.fields['cpu'] ?? 'unseen'} was set again afterwards`, numbers)
    if (!last.readBack.equals(expected) || !last.effective.equals(ended.effective))
      return violated(
        `in the end ${last.readBack.toList()} reads back, effective is ${last.effective.toList()}`,
        numbers,
      )
    if (last.state?.pending === true) return violated('in the end a request is pending', numbers)
    return held(
      `CPU ${numbers.gone} went offline: ${numbers.expected} counts, interrupts come to CPU ${cpu}`,
      numbers,
    )
  },
}

/** The CPUs that went offline during the hold of this move. */
function goneInHold({ run, trace }: LawInput): CpuMask {
  const { holdBegan, holdEnded } = trace
  if (holdBegan === undefined || holdEnded === undefined) return CpuMask.of()
  return CpuMask.of(
    ...actsIn(run.trace, 'offlined')
      .filter(({ index }) => index > holdBegan.index && index < holdEnded.index)
      .map(({ fields }) => Number(fields['cpu'])),
  )
}
