/** A law over a whole run: every vector that an irq leaves is given back, whatever happens to the CPUs meanwhile. */
import type { RunEvidence } from '../move-evidence.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import { type Tenure, vectorLedger } from '../vector-ledger.ts'
import type { IrqLaw, IrqLawInput, Law, LawInput } from './law.ts'

/** The cleanup of the last move may take as long on a slow host: a timer of one jiffy since 6.6, an IPI before. */
const CLEANUP_MS = 50

/**
 * arch/x86/kernel/apic/vector.c: free_moved_vector after the first interrupt on the new CPU, and
 * irq_force_complete_move when a CPU of the move goes offline before that (a6c11c0a5235, CVE-2024-31076).
 */
export const givenBack: Law = {
  name: 'given-back',
  wording:
    'every vector that the irq takes is given back once, before anybody takes it again; in the end the irq has one',
  judge: ({ run, move }: LawInput) => vectorsOf(run, move.irq.number),
}

/** The same of any irq under test, written or not: nothing taken is nothing to give back. */
export const givenBackAlways: IrqLaw = {
  name: givenBack.name,
  wording: givenBack.wording,
  judge({ run, irq, history }: IrqLawInput): Finding {
    return history.programmed.length === 0
      ? held('no vector was taken, and so none is left')
      : vectorsOf(run, irq.irq.number, irq.hasHandler)
  },
}

/** `hasHandler`: an irq without one has given back its last vector too. */
function vectorsOf(run: RunEvidence, irq: number, hasHandler = true): Finding {
  const { tenures, confused } = vectorLedger(run.trace, irq)
  const taken = tenures.filter((tenure) => tenure.taken !== undefined).length
  const left = tenures.filter(({ given }) => given === undefined)
  const numbers = { taken, givenBack: tenures.length - left.length, has: left.map(describe).join(', ') }
  if (confused !== undefined) return violated(confused, numbers)
  if (taken === 0) return unproven('the trace does not show that this irq ever took a vector', numbers)
  const current = tenures.at(-1)
  if (current === undefined || (current.given !== undefined && hasHandler))
    return violated('the irq has no vector left', numbers)
  const previous = tenures.at(-2)
  // The vector of the move before is given back only after an interrupt on the new CPU.
  const inCleanup = previous?.given === undefined && !cleanupIsOver(current, { run, irq })
  const leaked = left.filter((tenure) => tenure !== current && !(inCleanup && tenure === previous))
  if (leaked.length > 0) {
    return violated(
      `${leaked.length} of ${tenures.length} vectors were never given back: ${leaked.map(describe).join(', ')}`,
      numbers,
    )
  }
  if (inCleanup && previous !== undefined)
    return unproven(
      `the last move is not over: ${describe(previous)} may still be given back in time`,
      numbers,
    )
  return held(
    `${tenures.length - 1} vectors were left and given back, the irq has ${describe(current)}`,
    numbers,
  )
}

function cleanupIsOver(
  current: Tenure,
  { run, irq }: { readonly run: RunEvidence; readonly irq: number },
): boolean {
  const { events } = run.trace
  const arrived = events.find(
    ({ name, index, cpu, fields }) =>
      (name === 'ack' || name === 'ack_remapped') &&
      fields['irq'] === String(irq) &&
      cpu === current.cpu &&
      index > (current.taken?.index ?? -1),
  )
  const end = events.at(-1)
  return arrived !== undefined && end !== undefined && end.timeUs - arrived.timeUs > CLEANUP_MS * 1000
}

function describe({ cpu, vector }: Tenure): string {
  return `vector ${vector} of CPU ${cpu}`
}
