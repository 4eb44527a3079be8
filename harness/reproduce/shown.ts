/** Did the symptom show in the guest? Judged by the same diagnosis over the guest's own capture, or by the laws that were named. Pure. */
import { EXIT } from '../base/exit-codes.ts'
import type { Diagnosis } from '../diagnose/diagnose.ts'
import { FINDINGS } from '../diagnose/finding.ts'
import type { Act } from '../irq/act-log.ts'
import type { LawName } from '../irq/laws/law-names.ts'
import type { RunRecord } from '../record/run-record.ts'
import type { Sought } from './symptom.ts'

/** What the answer rests on. */
export interface RunSeen {
  readonly record: Pick<RunRecord, 'outcome' | 'reason' | 'verdicts' | 'stage'>
  /** Of the guest, at the moment that the scenario chose; absent: it took no capture, or did not get so far. */
  readonly diagnosis: Diagnosis | undefined
  readonly acts: readonly Act[]
}

/** What is looked for, and where. */
export interface SoughtHere {
  readonly sought: Sought
  /** Names of what stands for the irqs of the machine; empty: any irq of the guest will do. */
  readonly names: readonly string[]
  /** The CPU that the symptom is about, where it is about no irq. */
  readonly cpu: number | undefined
}

/** The answer. */
export interface Shown {
  readonly answer: 'shown' | 'not shown' | 'cannot tell'
  /** In one sentence. */
  readonly why: string
  /** What was seen, a sentence for each irq. */
  readonly seen: readonly string[]
}

/** Judges. Anything else that went wrong in the run is no answer. */
export function shownIn({ record, diagnosis, acts }: RunSeen, { sought, names, cpu }: SoughtHere): Shown {
  // Of a run that was starved or disturbed no violation is believed, here as in its outcome. A state is what it is.
  const isBelieved = record.outcome !== 'broken' && record.outcome !== 'skip'
  const seen = [
    ...foundIn(diagnosis, acts, { sought, names, cpu }, isBelieved),
    ...(isBelieved ? judgedIn(record, { sought, names }) : []),
  ]
  if (seen.length > 0) return { answer: 'shown', why: seen[0] ?? '', seen }
  const cannot = (why: string): Shown => ({ answer: 'cannot tell', why, seen: [] })
  if (sought.findings.length + sought.violated.length + sought.held.length === 0)
    return cannot(`nothing in particular was looked for; the run: ${record.outcome}, ${record.reason}`)
  // Nothing shows in a run that did not get there: no answer of the kernel.
  if (!isBelieved || record.stage === 'kernel')
    return cannot(`the run was ${record.outcome}: ${record.reason}`)
  if (
    sought.findings.length > 0 &&
    sought.violated.length + sought.held.length === 0 &&
    diagnosis === undefined
  )
    return cannot('the guest took no capture of itself')
  const where = names.length === 0 ? 'the guest' : names.join(', ')
  const laws =
    sought.violated.length > LAWS_TOLD
      ? [`a violation of one of ${sought.violated.length} laws`]
      : sought.violated.map((law) => `${law} violated`)
  const what = [...sought.findings.slice(0, 1), ...laws, ...sought.held.map((law) => `${law} held`)]
  return {
    answer: 'not shown',
    why: `the acts were done, and ${what.join(' or ')} was not seen on ${where}`,
    seen: [],
  }
}

/** More are counted. */
const LAWS_TOLD = 3

/** The exit code of `irqlab reproduce`: 0 shown, 1 not shown, 2 cannot tell. */
export function exitCodeOfShown({ answer }: Shown): number {
  return { shown: EXIT.good, 'not shown': EXIT.kernel, 'cannot tell': EXIT.broken }[answer]
}

function foundIn(
  diagnosis: Diagnosis | undefined,
  acts: readonly Act[],
  { sought, names, cpu }: SoughtHere,
  isBelieved: boolean,
): readonly string[] {
  if (diagnosis === undefined) return []
  const numbers = new Map(acts.flatMap((act) => (act.act === 'write' ? [[act.queue, act.irq] as const] : [])))
  const irqs = names.flatMap((name) => numbers.get(name) ?? [])
  const found = diagnosis.findings.filter(({ name, irq, sentence }) => {
    if (!sought.findings.includes(name) || (FINDINGS[name] === 'bug' && !isBelieved)) return false
    return irq === undefined ? new RegExp(`\\bCPU ${cpu}\\b`).test(sentence) : irqs.includes(irq)
  })
  // The one that was asked first is told first.
  const place = (irq: number | undefined) => (irq === undefined ? -1 : irqs.indexOf(irq))
  return found.toSorted((a, b) => place(a.irq) - place(b.irq)).map(({ sentence }) => sentence)
}

function judgedIn(
  { verdicts }: Pick<RunRecord, 'verdicts'>,
  { sought, names }: Pick<SoughtHere, 'sought' | 'names'>,
): readonly string[] {
  const told = verdicts.flatMap(({ law, queue, state, sentence }) => {
    const isSought =
      (state === 'violated' && (sought.violated.includes(law) || isStuck(law, sentence, sought))) ||
      (state === 'held' && sought.held.includes(law))
    return isSought && (names.length === 0 || names.includes(queue))
      ? [`${law} ${state} on ${queue}: ${sentence}`]
      : []
  })
  return [...new Set(told)]
}

/** A kernel that does not move at all shows it while the guest is brought to rest (irq/unsettled.ts): no body is run then. */
function isStuck(law: LawName, sentence: string, { findings }: Sought): boolean {
  return (
    findings.includes('pending-though-firing') &&
    law === 'first-on-old' &&
    sentence.startsWith('while settling')
  )
}
