/** Is a request waiting, and is that right? The heart of it: "we set the affinity and the interrupts stay where they were". */
import type { CpuMask } from '../../irq/cpu-mask.ts'
import { type Behaviour, behaviourOf } from '../behaviour.ts'
import {
  cpusInWords,
  effectiveSaid,
  firedSaid,
  hintSaid,
  lastOf,
  nameOf,
  recountSaid,
  requestedSaid,
} from '../evidence.ts'
import type { Finding, FindingEvidence } from '../finding.ts'
import type { Observed, ObservedIrq } from '../observed.ts'

/**
 * As many interrupts move any irq: one moves it for the request before, the next frees that one's vector, and a burst falls into
 * the time of a cleanup. The law `eventually-moved` has the same number.
 */
const ALWAYS_ENOUGH = 4

/** A request that is not made, by which of the reasons that there are. Undefined when none waits. */
export function pendingFinding(irq: ObservedIrq, seen: Observed): Finding | undefined {
  const requested = lastOf(irq.requested)
  const effective = lastOf(irq.effective)
  const online = lastOf(seen.cpus.online)
  if (requested === undefined || effective === undefined || online === undefined) return undefined
  const { kind } = behaviourOf(irq, seen)
  if (kind !== 'deferred' && kind !== 'immediate' && kind !== 'unknown') return undefined
  const target = requested.intersect(online)
  const outside = !effective.isEmpty && !effective.isSubsetOf(requested) && !target.isEmpty
  if (!outside && irq.debug?.pending !== true) return undefined

  const evidence = [
    requestedSaid(irq),
    effectiveSaid(irq),
    firedSaid(irq, seen),
    ...recountSaid(irq, seen),
    ...pendingBit(irq),
  ]
  // The kernel's own bit also tells of a request that would change nothing.
  const where = outside ? 'effective is still' : 'it is still pending, and effective is'
  const start = `${nameOf(irq)}: ${cpusInWords(requested)} requested, ${where} ${cpusInWords(effective)}`
  if (irq.debug?.pending === false)
    return {
      name: 'effective-outside-mask',
      irq: irq.number,
      law: 'settled',
      sentence: `${start}, and the kernel does not even have a move pending: it thinks that the request was made`,
      evidence,
    }
  const who = irq.hint?.equals(requested) === true ? '; its driver asked for it (affinity_hint)' : ''
  if (irq.requested.second === undefined || irq.effective.second === undefined || irq.fired === undefined) {
    if (irq.hint !== undefined) evidence.push(hintSaid(irq))
    return seenOnce(irq, seen, { start, kind, who, evidence })
  }
  const isOld = sameIn(irq.requested) && sameIn(irq.effective)
  const fired = irq.fired.total
  const time = seen.elapsedSeconds === undefined ? '' : ` in ${seen.elapsedSeconds} s`
  if (fired >= ALWAYS_ENOUGH && isOld && kind !== 'unknown')
    return {
      name: 'pending-though-firing',
      irq: irq.number,
      law: 'eventually-moved',
      sentence: `${start}, although it fired ${fired} times${time}: the first of these should have moved it`,
      evidence,
    }
  if (fired > 0 && isOld)
    return {
      name: 'pending-undecided',
      irq: irq.number,
      sentence: `${start} after ${times(fired)}${time}: too few to tell a bug from a move that is in the way of this one`,
      evidence,
    }
  if (irq.hint !== undefined) evidence.push(hintSaid(irq))
  const quiet = isOld ? `no interrupt${time}` : 'the request came between the samples'
  return kind === 'immediate'
    ? {
        name: 'pending-though-remapped',
        irq: irq.number,
        sentence: `${start}: ${quiet}. With remapping the write should have moved it, unless the move before was not cleaned up; now each request waits for its next interrupt`,
        evidence,
      }
    : {
        name: 'pending-and-quiet',
        irq: irq.number,
        sentence: `${start}: ${quiet}, and it moves at its next one${who}`,
        evidence,
      }
}

/** The masks were read once: when the request was written is not known, but a counter that stands still tells enough. */
function seenOnce(
  irq: ObservedIrq,
  seen: Observed,
  {
    start,
    kind,
    who,
    evidence,
  }: {
    readonly start: string
    readonly kind: Behaviour['kind']
    readonly who: string
    readonly evidence: readonly FindingEvidence[]
  },
): Finding {
  const calm = calmWords(irq, seen)
  if (calm === undefined)
    return {
      name: 'pending-undecided',
      irq: irq.number,
      sentence: `${start}; ${busyWords(irq)}${who}`,
      evidence,
    }
  return kind === 'immediate'
    ? {
        name: 'pending-though-remapped',
        irq: irq.number,
        sentence: `${start}: ${calm}. With remapping the write should have moved it, unless the move before was not cleaned up, or the write came while this was read; now each request waits for its next interrupt`,
        evidence,
      }
    : {
        name: 'pending-and-quiet',
        irq: irq.number,
        sentence: `${start}: ${calm}, and it moves at its next one${who}`,
        evidence,
      }
}

/** Why we know that it was quiet; undefined when we do not. */
function calmWords({ fired, counts, recounted }: ObservedIrq, { cpus }: Observed): string | undefined {
  if (fired?.total === 0) return 'no interrupt between the two readings of its counter'
  if (fired !== undefined || counts === undefined) return undefined
  // /proc/interrupts has no column for a CPU that is offline, /proc/stat counts it with the others.
  const online = lastOf(cpus.online)
  const areAll = online !== undefined && cpus.possible?.isSubsetOf(online) === true
  if (counts.total === 0 && (recounted === 0 || (recounted === undefined && areAll)))
    return 'no interrupt since boot'
  return recounted === counts.total ? 'no interrupt between /proc/interrupts and /proc/stat' : undefined
}

function busyWords({ fired, counts, recounted }: ObservedIrq): string {
  if (fired === undefined && (counts === undefined || recounted === undefined))
    return 'whether it fired is not known'
  return 'it fires, and whether the request is older than its last interrupt one look at the masks does not tell'
}

function pendingBit(irq: ObservedIrq): readonly FindingEvidence[] {
  if (irq.debug === undefined) return []
  const value = `IRQD_SETAFFINITY_PENDING is ${irq.debug.pending ? 'set' : 'clear'}`
  return [{ file: `/sys/kernel/debug/irq/irqs/${irq.number}`, value }]
}

function sameIn({
  first,
  second,
}: {
  readonly first: CpuMask | undefined
  readonly second: CpuMask | undefined
}): boolean {
  return first !== undefined && second !== undefined && first.equals(second)
}

function times(count: number): string {
  return count === 1 ? 'one interrupt' : `${count} interrupts`
}
