/** What is a step of the decision tree "why does an affinity not take effect", and a question that leads to some of them? */
import type { StepName as FunctionName } from '../../irq/about/kernel-path.ts'
import type { LawName } from '../../irq/laws/law-names.ts'
import type { FindingName } from '../finding.ts'

/** One reason: how it shows, what it means, and what proves it. */
export interface Step {
  /** In a few words; the heading, and the way to it from the picture. */
  readonly name: string
  /** How it shows, as the picture and the list ask for it; `N` is the irq's number. */
  readonly shows: string
  /** In at most six words, for the picture. */
  readonly answer: string
  /** Paragraphs in Markdown. What the texts about findings, scenarios and the kernel say is not said again here. */
  readonly means: readonly string[]
  /** What to type in a shell of the machine, where no transcript shows it already. */
  readonly type?: readonly string[]
  /** Names of transcripts in docs/diagnose/, each with the words before it. */
  readonly seen: readonly (readonly [words: string, transcript: string])[]
  /** Where it differs by version: which kernels, and what is there. */
  readonly versions?: readonly (readonly [kernels: string, what: string])[]
  readonly functions: readonly FunctionName[]
  readonly findings: readonly FindingName[]
  readonly laws: readonly LawName[]
  readonly scenarios: readonly string[]
}

/** A question of the trunk, in the order in which they are asked. */
export interface Fork {
  /** What is asked. */
  readonly asks: string
  /** The answer that leads to the steps; the other one leads on. */
  readonly when: 'yes' | 'no'
  /** The answer's heading. */
  readonly heading: string
  readonly steps: readonly Step[]
}
