/** What does a verdict say, and what does it not say? */
import type { VerdictState } from '../verdict.ts'

/** What is known of a verdict state, or of the outcome of a run. */
export interface AboutAnswer {
  /** What it says, in one sentence. */
  readonly says: string
  /** Why it is told apart from the others. */
  readonly matters: string
  /** What to do, or where to look first. */
  readonly look: readonly string[]
}

/** By the state of a verdict. */
export const ABOUT_VERDICTS: Readonly<Record<VerdictState, AboutAnswer>> = {
  held: {
    says: 'The evidence shows that the kernel obeyed the law.',
    matters:
      'That something did not happen is said only with the proof that it could have been seen: the trace lost nothing, the guest was alive, a neighbour fired and moved in the same window.',
    look: ['the sentence of the verdict has the numbers that decided; record.json has them as data'],
  },
  violated: {
    says: 'The evidence shows that the kernel did the opposite.',
    matters: 'It is the only verdict that accuses the kernel, so it never rests on what was not seen.',
    look: [
      '`irqlab explain LAW`: what a violation of that law means',
      'trace.txt at `irqlab write id=N`, where N is the move of the verdict',
      '`irqlab run SCENARIO --seed N` makes the same choices again; `--keep` leaves the guest running',
    ],
  },
  unproven: {
    says: 'We looked, and the evidence does not tell.',
    matters:
      'A harness that guesses here is worth nothing: an unproven law makes the run broken, and is no word about the kernel.',
    look: [
      'the sentence: it names what was missing, or who disturbed the irq',
      'a law that judges a later step is unproven when an earlier one was violated: read the violated one first',
      'the load of the host: `waited` in record.json',
    ],
  },
}
