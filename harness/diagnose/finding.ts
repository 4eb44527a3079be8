/** What can be found on a machine: the names, how bad each is, and what a finding carries. */
import type { LawName } from '../irq/laws/law-names.ts'

/**
 * All findings, the most important first. `bug`: the kernel did not do what it must. `off`: what was set up has no effect, or
 * something is in its way. `note`: it explains, and may be all right.
 */
export const FINDINGS = {
  'pending-though-firing': 'bug',
  'effective-outside-mask': 'bug',
  'counted-elsewhere': 'bug',
  'kernel-complained': 'off',
  'affinity-broken': 'off',
  'isolated-cpu-hit': 'off',
  'mask-rewritten': 'off',
  'writers-at-odds': 'off',
  'vectors-short': 'off',
  'pending-and-quiet': 'off',
  'pending-though-remapped': 'off',
  'pending-undecided': 'off',
  'offline-cpu-in-mask': 'off',
  'hint-against-mask': 'off',
  'managed-move-tried': 'off',
  'balancer-present': 'note',
  'was-elsewhere': 'note',
  'managed-on-isolated-cpu': 'note',
  'isolated-cpu-aimed-at': 'note',
  'no-remapping': 'note',
  'remapping-on': 'note',
} as const satisfies Readonly<Record<string, Weight>>

/** How bad it is. */
export type Weight = 'bug' | 'off' | 'note'

/** The name of one finding, as `irqlab explain` takes it. */
export type FindingName = keyof typeof FINDINGS

/** The names, the most important first. */
export const FINDING_NAMES = Object.keys(FINDINGS) as readonly FindingName[]

/** What it rests on: a file of the machine, and what it said. */
export interface FindingEvidence {
  readonly file: string
  readonly value: string
}

/** One thing that was found. */
export interface Finding {
  readonly name: FindingName
  /** The irq that it is about; undefined when it is about the machine. */
  readonly irq?: number
  /** What is the matter, in one sentence that stands alone. */
  readonly sentence: string
  readonly evidence: readonly FindingEvidence[]
  /** The law that the kernel broke, of a `bug`. */
  readonly law?: LawName
}
