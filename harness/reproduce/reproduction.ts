/** From a diagnosis to what is run: which symptom, which irqs, which machine, which kernel, which acts. Pure. */
import { UsageError } from '../base/errors.ts'
import { behaviourOf } from '../diagnose/behaviour.ts'
import type { Diagnosis } from '../diagnose/diagnose.ts'
import { nameOf } from '../diagnose/evidence.ts'
import { type Finding, type FindingName, FINDING_NAMES } from '../diagnose/finding.ts'
import type { Observed, ObservedIrq } from '../diagnose/observed.ts'
import { CpuMask } from '../irq/cpu-mask.ts'
import { askedOf, cpuFacts, cpuOf, offlineHere } from './asked.ts'
import { cpuMap, type CpuMap } from './cpu-map.ts'
import type { KernelChoice } from './kernel-choice.ts'
import { driversIn } from './kernel-drivers.ts'
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
import { isQueue, type Subject, subjectsOf } from './subject.ts'
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
  const place = ({ irq }: Finding) => irqs.findIndex(({ number }) => number === irq)
  findings.sort((a, b) => place(a) - place(b))
  const limits = { queuesMax: QUEUES_MAX - 1, drivers: driversIn(kernel.kernel) }
  const candidates = subjectsOf(irqs, seen, kind.needs, limits).slice(0, kind.subjectsMax)
  if (candidates.length === 0 && symptom !== 'vectors-short')
    throw new UsageError('the capture has no irq that can be moved: there is nothing to make happen')
  const cpu = cpuOf(symptom, findings[0], candidates[0]?.theirs, seen)
  const cpus = cpuMap(cpuFacts(seen, candidates, symptom, cpu))
  const count = cpus.ours.length
  const queuesMax = Math.min(QUEUES_MAX, count) - 1
  // Again, now that it is known how many queues there can be.
  const subjects = subjectsOf(irqs, seen, kind.needs, { ...limits, queuesMax })
    .slice(0, kind.subjectsMax)
    .map((subject) => (symptom === 'hint-against-mask' ? withHintOf(subject, cpus) : subject))
  const queues = subjects.flatMap(({ standIn }) => (standIn.kind === 'rx' ? [standIn.queue] : []))
  // With as many queues as CPUs each queue has the hint of one.
  const queuePairs =
    symptom === 'hint-against-mask'
      ? count
      : Math.min(count, Math.max(QUEUES_MIN, 4, ...queues.map((queue) => queue + 2)))
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

/** The queue whose hint is the CPU that the driver asked for there. */
function withHintOf(subject: Subject, cpus: CpuMap): Subject {
  const hint = subject.theirs.hint?.cpus[0]
  const queue = hint === undefined ? undefined : cpus.ourOf(hint)
  return queue === undefined ? subject : { ...subject, standIn: { kind: 'rx', queue } }
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
  if (symptom === 'vectors-short') return []
  const numbers = findings.flatMap(({ irq }) => irq ?? [])
  if (numbers.length > 0)
    return seen.irqs
      .filter(({ number }) => numbers.includes(number))
      .toSorted((a, b) => interest(b, seen) - interest(a, seen) || a.number - b.number)
  if (wish.irqs.length > 0) return seen.irqs.filter(({ number }) => wish.irqs.includes(number))
  const movable = seen.irqs.filter((irq) => {
    const { kind } = behaviourOf(irq, seen)
    return (kind === 'deferred' || kind === 'immediate') && !irq.effective.first?.isEmpty
  })
  const likely = movable.filter(({ action, chip }) =>
    symptom === 'stale-request' ? action.startsWith('tty') : /PCI-MSI/.test(chip),
  )
  return (likely.length > 0 ? likely : movable).toSorted(
    (a, b) => interest(b, seen) - interest(a, seen) || a.number - b.number,
  )
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

/** Somebody wrote this mask, and no driver; it was not what irqs start with; and it is a queue's. */
function interest(irq: ObservedIrq, { defaultMask }: Observed): number {
  // The first: what somebody wrote before another wrote over it.
  const requested = irq.requested.first ?? irq.requested.second
  const isOwn = requested !== undefined && irq.hint?.equals(requested) === true
  const isUntouched = requested !== undefined && defaultMask?.isSubsetOf(requested) === true
  return (isUntouched ? 0 : 3) + (isOwn ? 0 : 2) + (isQueue(irq) ? 1 : 0)
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
