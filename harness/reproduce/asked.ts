/** Which CPUs of the machine matter to a symptom, and what are the masks of its irqs in our numbers? Pure. */
import { lastOf } from '../diagnose/evidence.ts'
import type { Finding } from '../diagnose/finding.ts'
import type { Observed, ObservedIrq } from '../diagnose/observed.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import type { CpuFacts, CpuMap } from './cpu-map.ts'
import type { Asked } from './recipe.ts'
import type { Subject } from './subject.ts'
import type { SymptomName } from './symptom.ts'

/** The CPU that a symptom is about, in the machine's numbers. */
export function cpuOf(
  symptom: SymptomName,
  finding: Finding | undefined,
  irq: ObservedIrq | undefined,
  seen: Observed,
): number | undefined {
  const { online } = seen.cpus
  if (symptom === 'vectors-short') return Number(/CPU (\d+)/.exec(finding?.sentence ?? '')?.[1] ?? 1)
  if (symptom === 'vector-leak') return seen.wentOffline.at(-1)?.cpu ?? lastOf(online)?.cpus.at(-1)
  if (symptom !== 'affinity-broken') return undefined
  const between = online.first?.minus(online.second ?? online.first).cpus[0]
  if (between !== undefined) return between
  const mask = irq === undefined ? undefined : lastOf(irq.requested)
  const event = mask === undefined ? undefined : seen.wentOffline.findLast(({ left }) => left.equals(mask))
  const absent = seen.cpus.possible?.minus(lastOf(online) ?? CpuMask.of())
  return event?.cpu ?? absent?.cpus[0] ?? lastOf(online)?.cpus.at(-1)
}

/** What the choice of our CPUs rests on. */
export function cpuFacts(
  seen: Observed,
  subjects: readonly Subject[],
  symptom: SymptomName,
  cpu: number | undefined,
): CpuFacts {
  const online = lastOf(seen.cpus.online) ?? CpuMask.of(0)
  const masks = subjects.flatMap(({ theirs }) => [
    lastOf(theirs.requested) ?? CpuMask.of(),
    earlierMask(theirs, seen) ?? CpuMask.of(),
    theirs.hint ?? CpuMask.of(),
  ])
  const single = subjects.flatMap(({ theirs }) => lastOf(theirs.effective)?.cpus.slice(0, 1) ?? [])
  // CPUs that are offline are only here where the symptom is about them.
  const aboutOffline = symptom === 'offline-cpu-in-mask' || symptom === 'affinity-broken'
  const gone = aboutOffline ? masks.flatMap((mask) => mask.minus(online).cpus.slice(0, 1)) : []
  return {
    online,
    isolated: seen.cpus.isolated.intersect(online),
    nodes: seen.cpus.nodes,
    needed: CpuMask.of(
      ...single.filter((one) => online.has(one)),
      ...gone,
      ...(cpu === undefined ? [] : [cpu]),
    ),
    masks: [...masks, seen.defaultMask ?? CpuMask.of()].filter((mask) => !mask.isEmpty),
  }
}

/** The mask that the present one took the place of: that of the first sample, or what a unit or script there writes. */
function earlierMask({ number, requested }: ObservedIrq, { writers }: Observed): CpuMask | undefined {
  const now = lastOf(requested)
  const written = writers.findLast(({ write }) => write?.irq === number)?.write?.mask
  return [requested.first, written].find((mask) => mask !== undefined && now?.equals(mask) === false)
}

/** Ours that are offline there. */
export function offlineHere(seen: Observed, cpus: CpuMap): CpuMask {
  const online = lastOf(seen.cpus.online)
  if (online === undefined) return CpuMask.of()
  return CpuMask.of(
    ...cpus.ours.flatMap(({ theirs }, at) => (theirs !== undefined && !online.has(theirs) ? [at] : [])),
  )
}

/** An irq's masks in our numbers: CPUs that are offline there are in them only where the symptom is about those. */
export function askedOf(subject: Subject, cpus: CpuMap, seen: Observed, symptom: SymptomName): Asked {
  const { theirs } = subject
  const all = CpuMask.of(...cpus.ours.map((_, at) => at))
  const online = lastOf(seen.cpus.online) ?? all
  const requested = lastOf(theirs.requested)
  const keepsOffline = symptom === 'offline-cpu-in-mask' || symptom === 'affinity-broken'
  const within = (mask: CpuMask | undefined) =>
    mask === undefined ? undefined : cpus.map(keepsOffline ? mask : mask.intersect(online))
  const mask = within(requested)
  const effective =
    (symptom === 'mask-rewritten' ? theirs.effective.first : undefined) ?? lastOf(theirs.effective)
  const at = effective?.cpus[0] === undefined ? undefined : cpus.ourOf(effective.cpus[0])
  const earlier = within(earlierMask(theirs, seen))
  return {
    subject,
    was: CpuMask.of(at ?? 0),
    mask: mask === undefined || mask.isEmpty ? all : mask,
    before: earlier === undefined || earlier.isEmpty ? undefined : earlier,
  }
}
