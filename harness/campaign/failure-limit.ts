/** When has a campaign seen enough? `--max-fail N`: after N failures no other run is begun; those at work end as they do. */
import { EXIT } from '../base/exit-codes.ts'
import type { Outcome } from '../record/run-record.ts'
import { exitCodeOf } from './outcome.ts'

/** Counts the failures of one campaign. */
export class FailureLimit {
  readonly #max: number
  readonly #failOnKnown: boolean
  #failures = 0

  /** At least 1. With `failOnKnown` a `known` is a failure too, as it is for the exit code. */
  constructor(max: number, options: { readonly failOnKnown: boolean }) {
    this.#max = max
    this.#failOnKnown = options.failOnKnown
  }

  /** True from the last failure on that was to be seen. */
  get reached(): boolean {
    return this.#failures >= this.#max
  }

  /** A run has ended, with this outcome of its last attempt. What is only broken says nothing of the kernel. */
  note(outcome: Outcome): void {
    if (exitCodeOf([outcome], { failOnKnown: this.#failOnKnown }) === EXIT.kernel) this.#failures++
  }
}
