/** From verdicts and trouble to the outcome of a run, and from outcomes to an exit code (README, "Outcomes and exit codes"). Pure. */
import { Bug, KernelFault, messageOf, NotApplicable, Trouble } from '../base/errors.ts'
import { EXIT } from '../base/exit-codes.ts'
import type { Verdict } from '../irq/verdict.ts'
import { type Outcome, OUTCOMES } from '../record/run-record.ts'
import type { KnownFailure, SeenMessage } from '../scenario/known-failure.ts'

/** The outcome with all that explains it. */
export interface Conclusion {
  readonly outcome: Outcome
  readonly reason: string
  readonly stage?: string
  readonly hint?: string
  readonly need?: string
  readonly console?: readonly string[]
  /** A second attempt would end the same way. */
  readonly lasting?: boolean
}

/**
 * What the verdicts say, and the kernel messages that are declared. `known` are the declarations that cover this scenario
 * and kernel, `seen` those of its messages that were printed. What is not declared was thrown before.
 */
export function concludeFrom(
  verdicts: readonly Verdict[],
  known: readonly KnownFailure[] = [],
  seen: readonly SeenMessage[] = [],
): Conclusion {
  const violated = verdicts.filter(({ state }) => state === 'violated')
  const unexpected = violated.find(({ law }) => !known.some((declared) => declared.law === law))
  if (unexpected !== undefined) return { outcome: 'fail', reason: sentenceOf(unexpected) }
  // Before any praise: what held may have held because of what somebody else did.
  const disturbed = verdicts.find(({ numbers }) => 'disturbed' in numbers)
  if (disturbed !== undefined) return { outcome: 'broken', reason: sentenceOf(disturbed), stage: 'disturbed' }
  const cured = known.find(({ law }) => {
    if (law === undefined) return false
    const asked = verdicts.filter((verdict) => verdict.law === law)
    return asked.length > 0 && asked.every(({ state }) => state === 'held')
  })
  if (cured !== undefined) {
    return { outcome: 'fixed', reason: `${cured.law} held although it was declared to fail: ${cured.reason}` }
  }
  const open = verdicts.find(({ state }) => state === 'unproven')
  if (open !== undefined) return { outcome: 'broken', reason: sentenceOf(open), stage: 'unproven' }
  if (verdicts.length === 0)
    return {
      outcome: 'broken',
      reason: 'nothing was asked: no claim was made',
      stage: 'scenario.asked-nothing',
    }
  // Only of a run that went its whole way can be said that the kernel was silent.
  const unsaid = known.find(
    ({ message }) => message !== undefined && !seen.some(({ pattern }) => pattern === message.source),
  )
  if (unsaid !== undefined)
    return {
      outcome: 'fixed',
      reason: `the kernel did not say ${String(unsaid.message)} although it was declared to: ${unsaid.reason}`,
    }
  const [first] = violated
  if (first !== undefined) {
    const why = known.find(({ law }) => law === first.law)?.reason ?? ''
    return { outcome: 'known', reason: `${sentenceOf(first)} (${why})` }
  }
  const [said] = seen
  if (said !== undefined)
    return { outcome: 'known', reason: `the kernel says: ${said.line} (${said.reason})` }
  return { outcome: 'pass', reason: `${verdicts.length} verdicts held` }
}

/** What something thrown says. Unknown exceptions are never the kernel's fault. */
export function concludeFromError(error: unknown): Conclusion {
  if (error instanceof KernelFault)
    return { outcome: 'fail', reason: error.message, stage: 'kernel', console: error.console }
  if (error instanceof NotApplicable) return { outcome: 'skip', reason: error.message, need: error.need }
  if (error instanceof Trouble) {
    return {
      outcome: 'broken',
      reason: error.message,
      stage: error.stage,
      lasting: error.lasting,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.console === undefined ? {} : { console: error.console }),
    }
  }
  const stage = error instanceof Bug ? 'bug' : 'unknown'
  return { outcome: 'broken', reason: messageOf(error), stage }
}

/** The worst outcome of a campaign; no runs at all is broken. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  return OUTCOMES.find((outcome) => outcomes.includes(outcome)) ?? 'broken'
}

const EXIT_CODES: Readonly<Record<Outcome, number>> = {
  fail: EXIT.kernel,
  fixed: EXIT.kernel,
  broken: EXIT.broken,
  known: EXIT.good,
  skip: EXIT.skipped,
  pass: EXIT.good,
}

/** The exit code of a campaign. Skips count only when nothing else happened. */
export function exitCodeOf(outcomes: readonly Outcome[], options: { readonly failOnKnown: boolean }): number {
  if (options.failOnKnown && outcomes.includes('known')) return EXIT.kernel
  const serious = outcomes.filter((outcome) => outcome !== 'skip')
  return EXIT_CODES[worst(serious.length === 0 ? outcomes : serious)]
}

function sentenceOf({ law, queue, irq, state, sentence }: Verdict): string {
  return `${law} ${state} on ${queue} (irq ${irq}): ${sentence}`
}
