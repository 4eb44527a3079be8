/** What a law is: a statement over the evidence of one move, or of one irq over a whole run, with its wording. */
import type { IrqEvidence } from '../irq-evidence.ts'
import type { IrqHistory } from '../irq-history.ts'
import type { MoveEvidence, RunEvidence } from '../move-evidence.ts'
import type { MoveTrace } from '../move-trace.ts'
import type { Finding } from '../verdict.ts'
import type { LawName } from './law-names.ts'

/** Everything that a law may look at. */
export interface LawInput {
  readonly run: RunEvidence
  readonly move: MoveEvidence
  readonly trace: MoveTrace
}

/** One statement about a move, and how it is judged. */
export interface Law {
  readonly name: LawName
  /** The statement that must hold, in one sentence. */
  readonly wording: string
  /** Speaks of refused writes, too; the others have nothing to say of them. */
  readonly ofRefusals?: true
  readonly judge: (input: LawInput) => Finding
}

/** Everything that a general law may look at: one irq over a whole run. */
export interface IrqLawInput {
  readonly run: RunEvidence
  readonly irq: IrqEvidence
  readonly history: IrqHistory
}

/** A statement that holds of every irq in every run, whatever the scenario asks. */
export interface IrqLaw {
  readonly name: LawName
  /** The statement that must hold, in one sentence. */
  readonly wording: string
  /** Undefined where the law does not speak of such an irq: one that has no handler cannot fire. */
  readonly judge: (input: IrqLawInput) => Finding | undefined
}
