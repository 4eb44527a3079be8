/** What does one irqlab keep for the next on this host? Facts that took time to find out, with what they depend on. */

/** A fact about one thing, true only as long as all its conditions stay the same. */
export interface Fact {
  /** What kind of fact, in letters and dashes: `kvm-proof`. */
  readonly kind: string
  /** What it is a fact of, such as the path of a program: each has a place of its own. */
  readonly of: string
  readonly conditions: Readonly<Record<string, string | number>>
}

/** What was kept, as it was read: of any shape, so look before you use it. */
export interface Recollection {
  readonly value: unknown
  /** ISO 8601, UTC, to the second. */
  readonly keptAt: string
}

/** A place for facts. Neither of the two ever throws: what is lost or cannot be kept is found out again. */
export interface Memory {
  /** Undefined when nothing, something damaged, or something under other conditions was kept. */
  recall(fact: Fact): Recollection | undefined
  /** Replaces what was kept of the same kind and thing. */
  keep(fact: Fact, value: unknown): void
}

/** Recalls nothing and keeps nothing. */
export const forgetful: Memory = { recall: () => undefined, keep: () => undefined }

/** Recalls nothing, so that everything is found out afresh, and keeps it for others. */
export function afresh(memory: Memory): Memory {
  return { recall: () => undefined, keep: (fact, value) => memory.keep(fact, value) }
}
