/** What is going on with the interrupts of this machine? Judges what was observed, the most important first. Pure. */
import { type Behaviour, behaviourOf } from './behaviour.ts'
import { type Finding, FINDING_NAMES, FINDINGS } from './finding.ts'
import { countFindings } from './findings/counts.ts'
import { machineFindings } from './findings/machine.ts'
import { maskFindings } from './findings/mask.ts'
import { pendingFinding } from './findings/pending.ts'
import type { Observed, ObservedIrq } from './observed.ts'

/** One irq, with what is expected of it. */
export interface DiagnosedIrq extends ObservedIrq {
  readonly behaviour: Behaviour
}

/** The answer. */
export interface Diagnosis {
  readonly seen: Observed
  readonly irqs: readonly DiagnosedIrq[]
  /** By importance, then by irq. */
  readonly findings: readonly Finding[]
}

/** Judges. */
export function diagnose(seen: Observed): Diagnosis {
  const findings = [
    ...seen.irqs.flatMap((irq) => [
      pendingFinding(irq, seen),
      ...maskFindings(irq, seen),
      ...countFindings(irq, seen),
    ]),
    ...machineFindings(seen),
  ].filter((finding) => finding !== undefined)
  return {
    seen,
    irqs: seen.irqs.map((irq) => ({ ...irq, behaviour: behaviourOf(irq, seen) })),
    findings: withoutRepeats(findings).toSorted(
      (a, b) => importance(a) - importance(b) || (a.irq ?? -1) - (b.irq ?? -1),
    ),
  }
}

/** A bug or something that is off: what a quiet machine has none of. */
export function isOff({ name }: Finding): boolean {
  return FINDINGS[name] !== 'note'
}

function importance({ name }: Finding): number {
  return FINDING_NAMES.indexOf(name)
}

/** A hint is not followed yet while the request waits: that it waits says it all. */
function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const waiting = new Set(findings.filter(({ name }) => name.startsWith('pending-')).map(({ irq }) => irq))
  return findings.filter(({ name, irq }) => !(name === 'hint-against-mask' && waiting.has(irq)))
}
