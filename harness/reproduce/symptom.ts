/** What is looked for in the guest, and what it takes to make it? A finding of diagnose, or a suspicion that no capture can show. */
import type { FindingName } from '../diagnose/finding.ts'
import type { LawName } from '../irq/laws/law-names.ts'
import type { StandInNeeds } from './subject.ts'

/** Bugs that leave nothing in a capture: a person names them with --ask, by the scenario that shows them. */
export const SUSPICIONS = {
  'vector-leak': 'cve-2024-31076-vector-leak',
  'stale-request': 'pending-dies-with-the-action',
} as const

/** The name of a suspicion. */
export type SuspicionName = keyof typeof SUSPICIONS

/** `general`: nothing in particular, the same masks and what always holds. */
export type SymptomName = FindingName | SuspicionName | 'general'

/** By what it is seen in a run. */
export interface Sought {
  /** Findings of diagnose over the guest's own capture, on the irq that stands for the machine's. Any of them will do. */
  readonly findings: readonly FindingName[]
  /** Or laws that are violated there. */
  readonly violated: readonly LawName[]
  /** Or laws that hold there: the kernel refuses as it did. */
  readonly held: readonly LawName[]
}

/** A symptom that acts are known for. */
interface SymptomKind {
  readonly sought: Sought
  readonly needs: StandInNeeds
  /** Irqs that can be asked at once. */
  readonly subjectsMax: number
}

const nothing = { findings: [], violated: [], held: [] } as const satisfies Sought
const one = { needs: {}, subjectsMax: 1 } as const
const some = { needs: {}, subjectsMax: 4 } as const

/** Those that acts are known for. */
const KINDS: Readonly<Partial<Record<SymptomName, SymptomKind>>> = {
  'pending-though-firing': {
    ...some,
    sought: {
      ...nothing,
      findings: ['pending-though-firing', 'effective-outside-mask'],
      violated: ['eventually-moved'],
    },
  },
  'effective-outside-mask': {
    ...some,
    sought: {
      ...nothing,
      findings: ['effective-outside-mask', 'pending-though-firing'],
      violated: ['settled', 'eventually-moved'],
    },
  },
  'counted-elsewhere': {
    ...some,
    sought: { ...nothing, findings: ['counted-elsewhere'], violated: ['counted-where-programmed'] },
  },
  'affinity-broken': {
    needs: { hotplug: true },
    subjectsMax: 1,
    sought: { ...nothing, findings: ['affinity-broken'] },
  },
  'isolated-cpu-hit': { ...some, sought: { ...nothing, findings: ['isolated-cpu-hit'] } },
  'mask-rewritten': {
    needs: { queue: true },
    subjectsMax: 3,
    sought: { ...nothing, findings: ['mask-rewritten'] },
  },
  'vectors-short': { ...one, sought: { ...nothing, findings: ['vectors-short'], held: ['dropped'] } },
  'pending-and-quiet': {
    ...some,
    sought: { ...nothing, findings: ['pending-and-quiet', 'pending-undecided'] },
  },
  'pending-though-remapped': {
    ...some,
    sought: { ...nothing, findings: ['pending-though-remapped', 'pending-undecided'] },
  },
  'pending-undecided': {
    ...some,
    sought: { ...nothing, findings: ['pending-undecided', 'pending-and-quiet', 'pending-though-remapped'] },
  },
  'offline-cpu-in-mask': {
    needs: { hotplug: true },
    subjectsMax: 1,
    sought: { ...nothing, findings: ['offline-cpu-in-mask'] },
  },
  'hint-against-mask': {
    needs: { queue: true },
    subjectsMax: 3,
    sought: { ...nothing, findings: ['hint-against-mask'] },
  },
  'managed-move-tried': { ...one, sought: { ...nothing, held: ['unmoved'] } },
  'isolated-cpu-aimed-at': {
    ...some,
    sought: { ...nothing, findings: ['isolated-cpu-aimed-at', 'isolated-cpu-hit'] },
  },
  'vector-leak': {
    needs: { hotplug: true },
    subjectsMax: 1,
    sought: { ...nothing, violated: ['given-back'] },
  },
  'stale-request': {
    needs: { closable: true },
    subjectsMax: 1,
    sought: { ...nothing, violated: ['last-word'] },
  },
  general: { ...some, sought: nothing },
}

/** Undefined for a finding that nothing can be done for, such as one that only explains. */
export function symptomKind(name: SymptomName): SymptomKind | undefined {
  return KINDS[name]
}

/** The suspicion that a scenario of the catalogue stands for. */
export function suspicionOf(scenario: string): SuspicionName | undefined {
  const names = Object.keys(SUSPICIONS) as readonly SuspicionName[]
  return names.find((name) => SUSPICIONS[name] === scenario || name === scenario)
}
