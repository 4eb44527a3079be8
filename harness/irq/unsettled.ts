/** What is wrong with an irq that two interrupts did not bring to rest? A settle write is a request like any other. Pure. */
import type { LawName } from './laws/law-names.ts'
import type { MoveEvidence } from './move-evidence.ts'
import type { Reading } from './reading.ts'
import type { Verdict } from './verdict.ts'

/**
 * The law that a settle write shows to be violated, if it does: a probe that QEMU took was neither counted nor received,
 * effective is outside of the mask after two counted interrupts, or it is within it and the request is pending all the
 * same. The last is no move that waits for a cleanup: the current CPU is in the mask, and for that
 * arch/x86/kernel/apic/vector.c:assign_vector_locked never says -EBUSY (5.10 to 7.3).
 */
export function unsettled(move: MoveEvidence, atRest: Reading): Verdict | undefined {
  const requested = move.write.requested.toList()
  const effective = atRest.effective.toList()
  const counted = countedIn(move)
  const lost = move.batches.filter(
    ({ taken, received }, at) => !counted[at] && taken > 0 && (received ?? []).length === 0,
  ).length
  const probes = counted.filter(Boolean).length
  const numbers = { requested, old: move.before.effective.toList(), effective, probes, lost }
  const verdict = (law: LawName, sentence: string): Verdict => ({
    law,
    queue: move.queue,
    irq: move.irq.number,
    move: move.id,
    state: 'violated',
    sentence: `while settling, ${sentence}`,
    numbers,
  })
  if (lost > 0) {
    return verdict(
      'delivered',
      `${lost} of ${move.batches.length} probes were never received, after ${requested} was written and ${probes} interrupts were counted`,
    )
  }
  if (!atRest.effective.isSubsetOf(move.write.requested)) {
    return verdict(
      'first-on-old',
      `${requested} was accepted and ${probes} interrupts were counted, effective is still ${effective}`,
    )
  }
  if (probes > 0 && atRest.state?.pending === true) {
    return verdict(
      'settled',
      `effective is ${effective} as requested after ${probes} interrupts, and the request is still pending`,
    )
  }
  return undefined
}

/** Of each batch, whether the counters had grown after it. */
function countedIn({ written, batches }: MoveEvidence): readonly boolean[] {
  const totals = [written, ...batches.map(({ after }) => after)].map(({ counts }) =>
    counts.reduce((sum, count) => sum + count, 0),
  )
  return batches.map((_, at) => (totals[at + 1] ?? 0) > (totals[at] ?? 0))
}
