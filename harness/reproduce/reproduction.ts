/** From a diagnosis to what is run: which symptom, which irqs, which machine, which kernel, which acts. Pure. */
import { UsageError } from '../base/errors.ts'
import { behaviourOf } from '../diagnose/behaviour.ts'
import type { Diagnosis } from '../diagnose/diagnose.ts'
import { lastOf, nameOf } from '../diagnose/evidence.ts'
import { type Finding, type FindingName, FINDING_NAMES } from '../diagnose/finding.ts'
import type { Observed, ObservedIrq } from '../diagnose/observed.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import { cpuMap, type CpuMap } from './cpu-map.ts'
import type { KernelChoice } from './kernel-choice.ts'
import { isRemappedMachine, type Likeness, LIKENESS, likenessOf } from './likeness.ts'
import type { Asked, Recipe, RecipeFacts } from './recipe.ts'
import {
  affinityBroken,
  hintAgainstMask,
  managedMoveTried,
  maskRewritten,
  offlineInMask,
  onIsolated,
  vectorsShort,
} from './recipes-masks.ts'
import {
  countedElsewhere,
  general,
  pendingAndQuiet,
  pendingThoughFiring,
  pendingThoughRemapped,
} from './recipes-pending.ts'
import { staleRequest, vectorLeak } from './recipes-suspicions.ts'
import { scenarioText } from './scenario-text.ts'
import { type Subject, subjectsOf } from './subject.ts'
import { type Sought, type SuspicionName, SUSPICIONS, symptomKind, type SymptomName } from './symptom.ts'

/** What may be asked for; nothing: the most important finding that acts are known for. */
export interface Wish {
  /** Irqs of the machine; empty: those that have the symptom. */
  readonly irqs: readonly number[]
  readonly finding?: FindingName | undefined
  readonly suspicion?: SuspicionName | undefined
}

/** All that there is to run. */
export interface Reproduction {
  readonly symptom: SymptomName
  readonly sought: Sought
  /** The findings that are reproduced; none of a suspicion. */
  readonly findings: readonly Finding[]
  /** Others of the capture that acts are known for, and that are not asked now. */
  readonly others: readonly Finding[]
  readonly asked: readonly Asked[]
  /** The CPU that the symptom is about, in our numbers, where it is about one. */
  readonly cpu: number | undefined
  readonly cpus: CpuMap
  readonly likeness: Likeness
  readonly recipe: Recipe
  readonly kernel: KernelChoice
  /** The name of the generated scenario. */
  readonly name: string
  /** Its text, for the way from its file to the door. */
  readonly textFor: (door: string) => string
}

const RECIPES: Readonly<Partial<Record<SymptomName, (facts: RecipeFacts) => Recipe>>> = {
  'pending-though-firing': pendingThoughFiring,
  'effective-outside-mask': pendingThoughFiring,
  'counted-elsewhere': countedElsewhere,
  'affinity-broken': affinityBroken,
  'isolated-cpu-hit': onIsolated,
  'isolated-cpu-aimed-at': onIsolated,
  'mask-rewritten': maskRewritten,
  'vectors-short': vectorsShort,
  'pending-and-quiet': pendingAndQuiet,
  'pending-undecided': pendingAndQuiet,
  'pending-though-remapped': pendingThoughRemapped,
  'offline-cpu-in-mask': offlineInMask,
  'hint-against-mask': hintAgainstMask,
  'managed-move-tried': managedMoveTried,
  'vector-leak': vectorLeak,
  'stale-request': staleRequest,
  general,
}

/** A guest's NIC has no more. */
const QUEUES_MAX = 8
/** The neighbour, and enough to choose from. */
const QUEUES_MIN = 2

/** Makes it. Throws `UsageError` for a finding or an irq that the capture has not. */
export function reproductionOf(diagnosis: Diagnosis, wish: Wish, kernel: KernelChoice): Reproduction {
  const { seen } = diagnosis
  checkWish(diagnosis, wish)
  const able = diagnosis.findings.filter(({ name }) => symptomKind(name) !== undefined)
  const wanted = able.filter(
    ({ name, irq }) =>
      (wish.finding === undefined || name === wish.finding) &&
      (wish.irqs.length === 0 || irq === undefined || wish.irqs.includes(irq)),
  )
  const symptom: SymptomName = wish.suspicion ?? wanted[0]?.name ?? 'general'
  const kind = symptomKind(symptom) ?? {
    sought: { findings: [], violated: [], held: [] },
    needs: {},
    subjectsMax: 1,
  }
  const findings = wish.suspicion === undefined ? wanted.filter(({ name }) => name === symptom) : []
  const irqs = irqsFor(seen, symptom, findings, wish)
  const series = /^debian:(\d+\.\d+)/.exec(kernel.kernel)?.[1] ?? '0'
  const limits = { queuesMax: QUEUES_MAX - 1, series }
  const candidates = subjectsOf(irqs, seen, kind.needs, limits).slice(0, kind.subjectsMax)
  const cpu = cpuOf(symptom, findings[0], candidates[0]?.theirs, seen)
  const cpus = cpuMap(cpuFacts(seen, candidates, symptom, cpu))
  const count = cpus.ours.length
  // Again, now that it is known how many queues there can be.
  const subjects = subjectsOf(irqs, seen, kind.needs, {
    ...limits,
    queuesMax: Math.min(QUEUES_MAX, count) - 1,
  }).slice(0, kind.subjectsMax)
  const queues = subjects.flatMap(({ standIn }) => (standIn.kind === 'rx' ? [standIn.queue] : []))
  const queuePairs = Math.min(count, Math.max(QUEUES_MIN, 4, ...queues.map((queue) => queue + 2)))
  const neighbour =
    Array.from({ length: queuePairs }, (_, at) => at).findLast((at) => !queues.includes(at)) ?? 0
  const ourCpu = cpu === undefined ? undefined : cpus.ourOf(cpu)
  const facts: RecipeFacts = {
    asked: subjects.map((subject) => askedOf(subject, cpus, seen, symptom)),
    seen,
    finding: findings[0],
    all: CpuMask.of(...cpus.ours.map((_, at) => at)),
    offline: offlineHere(seen, cpus),
    isolated: cpus.map(seen.cpus.isolated),
    remapped: isRemappedMachine(seen),
    cpu: ourCpu === 0 ? 1 : ourCpu,
    neighbour,
  }
  const recipe = (RECIPES[symptom] ?? general)(facts)
  const likeness = likenessOf({ seen, cpus, kernel, subjects, recipe, queuePairs })
  const name = `reproduced-${symptom}`
  return {
    symptom,
    sought: kind.sought,
    findings,
    others: able.filter((finding) => !findings.includes(finding) && finding.name !== symptom),
    asked: facts.asked,
    cpu: facts.cpu,
    cpus,
    likeness,
    recipe,
    kernel,
    name,
    textFor: (door) =>
      scenarioText({
        name,
        recipe,
        machine: likeness.machine,
        door,
        origin: originOf(seen, symptom, findings),
      }),
  }
}

function checkWish({ findings, seen }: Diagnosis, { finding, irqs }: Wish): void {
  const known = new Set(seen.irqs.map(({ number }) => number))
  const unknown = irqs.find((irq) => !known.has(irq))
  if (unknown !== undefined) throw new UsageError(`--irq ${unknown}: the capture has no such irq`)
  if (finding === undefined) return
  const there = [...new Set(findings.map(({ name }) => name))]
  if (!there.includes(finding)) {
    const has = there.length === 0 ? 'none' : there.join(', ')
    throw new UsageError(`--finding ${finding}: the capture has no such finding; it has ${has}`)
  }
  if (symptomKind(finding) === undefined)
    throw new UsageError(
      `--finding ${finding}: no acts are known that lead there; there are for ${FINDING_NAMES.filter((name) => symptomKind(name) !== undefined).join(', ')}`,
    )
  if (irqs.length > 0 && !findings.some(({ name, irq }) => name === finding && irqs.includes(irq ?? -1)))
    throw new UsageError(`--finding ${finding} --irq ${irqs.join(' ')}: the capture has it on other irqs`)
}

/** Of a finding its irqs, else those that were named, else some that have a handler and can be moved. */
function irqsFor(
  seen: Observed,
  symptom: SymptomName,
  findings: readonly Finding[],
  wish: Wish,
): readonly ObservedIrq[] {
  const numbers = findings.flatMap(({ irq }) => irq ?? [])
  if (numbers.length > 0) return seen.irqs.filter(({ number }) => numbers.includes(number))
  if (wish.irqs.length > 0) return seen.irqs.filter(({ number }) => wish.irqs.includes(number))
  const movable = seen.irqs.filter((irq) => {
    const { kind } = behaviourOf(irq, seen)
    return (kind === 'deferred' || kind === 'immediate') && !irq.effective.first?.isEmpty
  })
  const likely =
    symptom === 'stale-request' ? movable.filter(({ action }) => action.startsWith('tty')) : movable
  return likely.length > 0 ? likely : movable
}

/** The CPU that a symptom is about, in the machine's numbers. */
function cpuOf(
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

function cpuFacts(
  seen: Observed,
  subjects: readonly Subject[],
  symptom: SymptomName,
  cpu: number | undefined,
) {
  const online = lastOf(seen.cpus.online) ?? CpuMask.of(0)
  const masks = subjects.flatMap(({ theirs }) => [
    lastOf(theirs.requested) ?? CpuMask.of(),
    theirs.requested.first ?? CpuMask.of(),
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

/** Ours that are offline there. */
function offlineHere(seen: Observed, cpus: CpuMap): CpuMask {
  const online = lastOf(seen.cpus.online)
  if (online === undefined) return CpuMask.of()
  return CpuMask.of(
    ...cpus.ours.flatMap(({ theirs }, at) => (theirs !== undefined && !online.has(theirs) ? [at] : [])),
  )
}

function askedOf(subject: Subject, cpus: CpuMap, seen: Observed, symptom: SymptomName): Asked {
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
  const before = theirs.requested.first
  const differs = before !== undefined && requested !== undefined && !before.equals(requested)
  const earlier = differs ? within(before) : undefined
  return {
    subject,
    was: CpuMask.of(at ?? 0),
    mask: mask === undefined || mask.isEmpty ? all : mask,
    before: earlier === undefined || earlier.isEmpty ? undefined : earlier,
  }
}

function originOf(seen: Observed, symptom: SymptomName, findings: readonly Finding[]): readonly string[] {
  return [
    `Written by irqlab reproduce from a capture of ${seen.takenAt}: Linux ${seen.releaseText ?? 'of an unknown release'}.`,
    ...(findings.length > 0
      ? findings.slice(0, 4).map(({ sentence }) => `Found there: ${sentence}.`)
      : symptom in SUSPICIONS
        ? ['Suspected there, and not to be seen in a capture.']
        : []),
    `CPU numbers are those of the machine ${LIKENESS}; likeness.txt beside this file tells which of theirs they stand for.`,
  ]
}

/** What is looked for, in one sentence for the script of the folder and for a person. */
export function symptomSentence({ symptom, asked, findings }: Reproduction): string {
  const [first] = findings
  if (first !== undefined) return first.sentence
  const on = asked[0] === undefined ? '' : ` (asked for ${nameOf(asked[0].subject.theirs)})`
  if (symptom === 'vector-leak')
    return `a vector is never given back when its CPU goes offline in the middle of a move: CVE-2024-31076${on}`
  if (symptom === 'stale-request')
    return `a request that was pending when the irq lost its handler comes back over a later write${on}`
  return `nothing in particular is looked for${on}`
}
