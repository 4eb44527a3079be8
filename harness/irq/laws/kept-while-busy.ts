/** A request written before the last move is over: it may have to wait for the cleanup, but it is never lost. */
import type { TraceEvent } from '../trace-event.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { Law, LawInput } from './law.ts'

const NONE = 'no CPU at all'

/**
 * While the old vector of the last move waits to be freed, arch/x86/kernel/apic/vector.c:assign_vector_locked says
 * -EBUSY, and kernel/irq/migration.c:irq_move_masked_irq marks the request pending again, its mask intact. The interrupt
 * that finds the old vector freed makes the move (5.10 to 7.3). Up to 6.5 the IPI that frees it may win the race with the
 * first interrupt: then that one moves already, which is as right. And where the kernel itself has fired the irq again in the move
 * before (msi_set_affinity: the number of the new vector was pending on the old CPU), that one was over at the write.
 */
export const keptWhileBusy: Law = {
  name: 'kept-while-busy',
  wording:
    'a request made while the last move is not over stays pending and reads back until the old vector is freed; the first interrupt after that moves the irq to one CPU of the mask',
  judge(input: LawInput): Finding {
    const { move, trace } = input
    const last = move.batches.at(-1)?.after
    if (last === undefined) return unproven('no probe was sent')
    const { requested } = move.write
    const after = move.batches.map((batch) => batch.after)
    const readings = [move.written, ...after]
    const numbers = {
      requested: requested.toList(),
      effective: last.effective.toList(),
      interrupts: trace.interrupts.length,
      tries: trace.moves.length,
    }
    if (trace.interrupts.length === 0) return unproven('no interrupt came', numbers)
    // What reads back right after the write is law 1's matter.
    const other = after.find(({ readBack }) => !readBack.equals(requested))
    if (other !== undefined)
      return violated(
        `${numbers.requested} was written, ${other.readBack.toList() || NONE} reads back`,
        numbers,
      )
    const forgotten = readings.find(
      ({ effective, state }) => !effective.isSubsetOf(requested) && state?.pending === false,
    )
    if (forgotten !== undefined)
      return violated(`effective is ${forgotten.effective.toList()} and nothing is pending`, numbers)
    const waitedFor = freedUnder(input)
    const freed = waitedFor ?? freedByRetrigger(input)
    if (freed === undefined) return unproven('the last move was over before this write', numbers)
    const wrong = wrongMove(input, freed)
    if (wrong !== undefined) return violated(wrong, numbers)
    if (trace.configs[0] === undefined)
      return unproven('no interrupt came after the old vector was freed', numbers)
    if (last.effective.size !== 1 || !last.effective.isSubsetOf(requested))
      return violated(`effective is ${numbers.effective || NONE} in the end`, numbers)
    if (last.state?.pending === true) return violated('the request is still pending', numbers)
    if (readings.some(({ state }) => state === undefined))
      return unproven('the pending bit cannot be read on this kernel', numbers)
    if (waitedFor === undefined)
      return held(
        `the kernel had fired the irq again, so the last move was over: the first interrupt moved it to CPU ${numbers.effective}`,
        numbers,
      )
    return held(
      `${numbers.requested} waited for vector ${freed.fields['vector'] ?? '?'} of CPU ${freed.fields['cpu'] ?? '?'} to be freed, and then moved the irq to CPU ${numbers.effective}`,
      numbers,
    )
  },
}

/** The old vector of the move before this one, freed under this request; undefined when that was over already. */
function freedUnder({ trace }: LawInput): TraceEvent | undefined {
  const own = trace.updates[0]?.fields
  return trace.freed.find(
    ({ fields }) => fields['vector'] !== own?.['prev_vector'] || fields['cpu'] !== own?.['prev_cpu'],
  )
}

/** The end of the move before this one, where an interrupt that the kernel itself raised in that move has brought it. */
function freedByRetrigger({ run, move, trace }: LawInput): TraceEvent | undefined {
  const irq = String(move.irq.number)
  const begin = trace.write?.index ?? 0
  const before = (name: string) =>
    run.trace.events.findLast(
      (event) => event.name === name && event.fields['irq'] === irq && event.index < begin,
    )
  const [config, retrigger, freed] = [
    before('vector_config'),
    before('retrigger'),
    before('vector_free_moved'),
  ]
  const inOrder = (first?: TraceEvent, second?: TraceEvent) =>
    first !== undefined && second !== undefined && first.index < second.index
  return inOrder(config, retrigger) && inOrder(retrigger, freed) ? freed : undefined
}

/** What is wrong with when and where the irq moved, in one sentence. */
function wrongMove({ move, trace }: LawInput, freed: TraceEvent): string | undefined {
  const config = trace.configs[0]
  if (config !== undefined && config.index < freed.index)
    return 'a new vector was assigned while the old one was still to be freed'
  const arrived = trace.acks.find(({ index }) => index > freed.index)
  const handled = trace.interrupts.find(({ index }) => arrived !== undefined && index > arrived.index)
  if (handled !== undefined && (config === undefined || config.index > handled.index))
    return 'an interrupt came after the old vector was freed, and did not move the irq'
  if (config !== undefined && !move.write.requested.has(Number(config.fields['cpu'])))
    return `the hardware was set to CPU ${config.fields['cpu'] ?? 'unseen'}`
  return undefined
}
