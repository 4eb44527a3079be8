/**
 * A list of undos. Every acquire registers its undo here in the next line; the scope undoes them last in,
 * first out, each within its own limit, and carries on past the ones that fail.
 */
import { assert, messageOf } from './errors.ts'
import { Deadline } from './deadline.ts'

/** An undo that failed: something may have been left behind. */
export interface Leak {
  readonly what: string
  readonly why: string
}

interface Undo {
  readonly what: string
  readonly limitMs: number
  readonly run: () => Promise<void> | void
}

/** The undos of what was acquired so far, to be done once. */
export class Scope {
  #undos: Undo[] = []
  #ended: Promise<readonly Leak[]> | undefined

  /** Registers how to undo `what`. Throws `Bug` after the scope has ended: the thing would leak. */
  onEnd(what: string, run: () => Promise<void> | void, limitMs = 5000): void {
    assert(this.#ended === undefined, `"${what}" was acquired after its scope had ended`)
    this.#undos.push({ what, run, limitMs })
  }

  /** Hands all undos to a new scope: for factories that build inside a scope and give the result away. */
  move(): Scope {
    const heir = new Scope()
    heir.#undos = this.#undos
    this.#undos = []
    return heir
  }

  /** Undoes everything once; a second call gives the first answer. Never throws. */
  end(): Promise<readonly Leak[]> {
    // Not at once: the first undo must already find the scope ended, or what it acquires would be lost.
    this.#ended ??= Promise.resolve().then(() => this.#undoAll())
    return this.#ended
  }

  async #undoAll(): Promise<readonly Leak[]> {
    const leaks: Leak[] = []
    for (const undo of this.#undos.toReversed()) {
      try {
        const limit = new Deadline('cleanup', `undoing ${undo.what}`, undo.limitMs)
        await limit.race(Promise.resolve(undo.run()))
      } catch (error) {
        leaks.push({ what: undo.what, why: messageOf(error) })
      }
    }
    this.#undos = []
    return leaks
  }
}
