/** Is the mask itself what somebody wanted: rewritten, against the driver's hint, naming CPUs that are gone, or broken by the kernel? */
import type { CpuMask } from '../../irq/cpu-mask.ts'
import { behaviourOf } from '../behaviour.ts'
import { cpusInWords, effectiveSaid, hintSaid, lastOf, nameOf, requestedSaid } from '../evidence.ts'
import type { Finding, FindingEvidence } from '../finding.ts'
import type { Observed, ObservedIrq } from '../observed.ts'

/** What is off with the mask of one irq. */
export function maskFindings(irq: ObservedIrq, seen: Observed): readonly Finding[] {
  const { kind } = behaviourOf(irq, seen)
  // Of these the kernel or nobody decides.
  if (kind === 'managed' || kind === 'fixed' || kind === 'no handler') return []
  return [
    rewritten(irq, seen),
    overwritten(irq, seen),
    broken(irq, seen),
    offline(irq, seen),
    againstHint(irq),
  ].filter((finding) => finding !== undefined)
}

/** Who writes masks here, for a sentence: `irqbalance and tuned run`. */
export function balancersInWords({ balancers }: Observed): string | undefined {
  const names = balancers.map(({ name }) => name)
  return names.length === 0 ? undefined : `${names.join(' and ')} ${names.length === 1 ? 'runs' : 'run'}`
}

/** The processes of those who write masks. */
export function balancerEvidence({ balancers }: Observed): readonly FindingEvidence[] {
  return balancers.map(({ name, pids }) => ({ file: `/proc/${pids[0]}/comm`, value: name }))
}

function rewritten(irq: ObservedIrq, seen: Observed): Finding | undefined {
  const { first, second } = irq.requested
  if (first === undefined || second === undefined || first.equals(second)) return undefined
  // Not written, but given up by the kernel: `broken` tells it.
  if (brokenBetween(irq, seen)) return undefined
  const running = balancersInWords(seen)
  const who =
    irq.hint?.equals(second) === true
      ? 'it is now what its driver asks for (affinity_hint)'
      : running === undefined
        ? 'neither irqbalance nor tuned runs, and its driver asks for something else'
        : `${running} here and is the likely writer`
  return {
    name: 'mask-rewritten',
    irq: irq.number,
    sentence: `${nameOf(irq)}: its mask was ${cpusInWords(first)} and became ${cpusInWords(second)} between the samples; ${who}`,
    evidence: [requestedSaid(irq), ...balancerEvidence(seen)],
  }
}

/** One look at the mask, and somebody who was to write another: a unit, a script. */
function overwritten(irq: ObservedIrq, seen: Observed): Finding | undefined {
  const mask = irq.requested.first
  if (mask === undefined || irq.requested.second !== undefined) return undefined
  const own = seen.writers.filter(({ write }) => write?.irq === irq.number)
  const [first] = own
  if (first?.write === undefined || own.some(({ write }) => write?.mask.equals(mask) === true))
    return undefined
  const running = balancersInWords(seen)
  const who =
    irq.hint?.equals(mask) === true
      ? `it is what its driver asks for (affinity_hint)${running === undefined ? '' : `, and ${running} here, too`}`
      : running === undefined
        ? 'neither irqbalance nor tuned runs'
        : `${running} here and is the likely writer`
  return {
    name: 'mask-rewritten',
    irq: irq.number,
    sentence: `${nameOf(irq)}: ${first.file} writes ${cpusInWords(first.write.mask)} and its mask is ${cpusInWords(mask)}: unless that did not run, somebody wrote it after that; ${who}`,
    evidence: [
      ...own.map(({ file, write }) => ({
        file: `/${file}`,
        value: `irq ${irq.number}: ${write?.mask.toList()}`,
      })),
      requestedSaid(irq),
      ...balancerEvidence(seen),
    ],
  }
}

/** A CPU went between the samples, and the mask became all that were left. */
function brokenBetween(irq: ObservedIrq, { cpus: { online } }: Observed): boolean {
  const gone =
    online.first === undefined || online.second === undefined ? undefined : online.first.minus(online.second)
  if (gone === undefined || gone.isEmpty || online.second === undefined) return false
  const { first, second } = irq.requested
  return first?.isSubsetOf(gone) === true && second?.equals(online.second) === true
}

/**
 * kernel/irq/cpuhotplug.c:migrate_one_irq: when the last online CPU of a mask goes, the mask becomes all CPUs that are left, and it stays
 * that when the CPU comes back. Masks that only lose one of several CPUs keep naming it, so a mask of exactly those that
 * are left was broken, or set up after the CPU had gone.
 */
function broken(irq: ObservedIrq, seen: Observed): Finding | undefined {
  const mask = lastOf(irq.requested)
  const { online, possible } = seen.cpus
  const now = lastOf(online)
  if (mask === undefined || now === undefined) return undefined
  const start = `${nameOf(irq)}: its mask is ${cpusInWords(mask)}`
  const evidence = [requestedSaid(irq), effectiveSaid(irq)]
  if (brokenBetween(irq, seen))
    return {
      name: 'affinity-broken',
      irq: irq.number,
      sentence: `${start} since its last CPU went offline between the samples; it does not return with that CPU`,
      evidence: [...evidence, onlineSaid(seen)],
    }
  // One CPU that is left is also what people pin to, and a driver's own choice is no loss.
  if (mask.size < 2 || irq.hint?.equals(mask) === true) return undefined
  const event = seen.wentOffline.findLast(({ left }) => left.equals(mask))
  // All CPUs that there are is what masks are by themselves.
  if (event !== undefined && possible?.isSubsetOf(mask) !== true)
    return {
      name: 'affinity-broken',
      irq: irq.number,
      sentence: `${start}, which is what was left when CPU ${event.cpu} went offline: the kernel gave up the mask that it had, unless the irq was set up after that`,
      evidence: [...evidence, { file: 'dmesg', value: event.line }],
    }
  const logTells = seen.log !== undefined && seen.wentOffline.length > 0
  if (logTells || possible === undefined || !mask.equals(now)) return undefined
  const absent = possible.minus(now)
  if (absent.isEmpty || !othersName(absent, irq, seen)) return undefined
  return {
    name: 'affinity-broken',
    irq: irq.number,
    sentence: `${start}, exactly those that are online, while other masks still name ${cpusInWords(absent)}: the kernel gave up the mask that it had when its last CPU went offline, unless the irq was set up after that`,
    evidence: [...evidence, onlineSaid(seen)],
  }
}

/** Masks that name a CPU which is gone are older than its going. */
function othersName(absent: CpuMask, irq: ObservedIrq, { irqs }: Observed): boolean {
  return irqs.some(
    (other) =>
      other.number !== irq.number &&
      other.action !== '' &&
      lastOf(other.requested)?.intersect(absent).isEmpty === false,
  )
}

function offline(irq: ObservedIrq, seen: Observed): Finding | undefined {
  const mask = lastOf(irq.requested)
  const online = lastOf(seen.cpus.online)
  if (mask === undefined || online === undefined) return undefined
  const absent = mask.minus(online)
  const isWhole = seen.cpus.possible !== undefined && seen.cpus.possible.isSubsetOf(mask)
  // A mask of all CPUs, or of all since boot, names those that are gone without meaning them.
  const isDefault = seen.defaultMask !== undefined && seen.defaultMask.isSubsetOf(mask)
  if (absent.isEmpty || isWhole || isDefault) return undefined
  const left = mask.minus(absent)
  return {
    name: 'offline-cpu-in-mask',
    irq: irq.number,
    sentence: `${nameOf(irq)}: its mask names ${cpusInWords(absent)}, which ${absent.size === 1 ? 'is' : 'are'} offline; ${
      left.isEmpty ? 'no CPU of it is online' : `only ${cpusInWords(left)} can get it`
    }`,
    evidence: [requestedSaid(irq), effectiveSaid(irq), onlineSaid(seen)],
  }
}

function againstHint(irq: ObservedIrq): Finding | undefined {
  const mask = lastOf(irq.requested)
  const effective = lastOf(irq.effective)
  const { hint } = irq
  if (mask === undefined || hint === undefined || mask.isSubsetOf(hint)) return undefined
  // A wider mask that lets the irq be where its driver wants it does no harm.
  if (effective !== undefined && !effective.isEmpty && effective.isSubsetOf(hint)) return undefined
  if (effective === undefined && !mask.intersect(hint).isEmpty) return undefined
  return {
    name: 'hint-against-mask',
    irq: irq.number,
    sentence: `${nameOf(irq)}: its driver asks for ${cpusInWords(hint)}, its mask is ${cpusInWords(mask)}${
      effective === undefined ? '' : ` and it is on ${cpusInWords(effective)}`
    }: somebody else wrote the mask`,
    evidence: [hintSaid(irq), requestedSaid(irq), effectiveSaid(irq)],
  }
}

function onlineSaid({ cpus: { online } }: Observed): FindingEvidence {
  const [first, second] = [online.first?.toList(), online.second?.toList()]
  const value = first === undefined || first === second ? (second ?? 'not read') : `${first}, then ${second}`
  return { file: '/sys/devices/system/cpu/online', value }
}
