/** What a law is: a statement over the evidence of one move, with its wording. */
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
