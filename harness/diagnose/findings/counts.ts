/** Where did the interrupts fall: on the effective CPU, and on CPUs that were set apart? */
import { behaviourOf } from '../behaviour.ts'
import { eachCpu } from '../../irq/interrupt-counts.ts'
import { cpusInWords, effectiveSaid, firedOn, firedSaid, lastOf, nameOf, requestedSaid } from '../evidence.ts'
import type { Finding, FindingEvidence } from '../finding.ts'
import type { Observed, ObservedIrq } from '../observed.ts'
import { balancersInWords } from './mask.ts'

/** One message may be on its way when its irq moves: the law `counted-where-programmed` allows as many. */
const STRAGGLERS = 1

/** What is off with the counts of one irq. */
export function countFindings(irq: ObservedIrq, seen: Observed): readonly Finding[] {
  if (irq.action === '') return []
  return [elsewhere(irq, seen), wasElsewhere(irq, seen), onIsolated(irq, seen)].filter(
    (finding) => finding !== undefined,
  )
}

function elsewhere(irq: ObservedIrq, seen: Observed): Finding | undefined {
  const { first, second } = irq.effective
  // Masks were read before the first counters and after the second: what is counted between fell under them.
  if (first === undefined || second === undefined || !first.equals(second) || second.size !== 1)
    return undefined
  const { kind } = behaviourOf(irq, seen)
  if (kind !== 'deferred' && kind !== 'immediate') return undefined
  const stray = firedOn(irq).filter(({ cpu }) => !second.has(cpu))
  const count = stray.reduce((sum, one) => sum + one.count, 0)
  // There and back between the samples looks the same: with somebody who moves irqs around nothing is proven.
  const mayHaveMoved =
    irq.requested.first === undefined ||
    irq.requested.second === undefined ||
    !irq.requested.first.equals(irq.requested.second) ||
    seen.balancers.length > 0
  if (count <= STRAGGLERS || mayHaveMoved) return undefined
  const where = stray.map(({ cpu, count: some }) => `${some} on CPU ${cpu}`).join(', ')
  return {
    name: 'counted-elsewhere',
    irq: irq.number,
    law: 'counted-where-programmed',
    sentence: `${nameOf(irq)}: effective was ${cpusInWords(second)} in both samples, and yet it was counted elsewhere: ${where}`,
    evidence: [effectiveSaid(irq), requestedSaid(irq), firedSaid(irq, seen)],
  }
}

/** A few may be from before the driver set up the irq. */
const SOME = 5

/**
 * One look at the counters, and interrupts on CPUs that are neither in the mask nor effective: the irq was sent there once, so its mask was
 * another. Who wrote it, and when, they do not tell.
 */
function wasElsewhere(irq: ObservedIrq, seen: Observed): Finding | undefined {
  const mask = lastOf(irq.requested)
  const effective = lastOf(irq.effective)
  const { kind } = behaviourOf(irq, seen)
  if (irq.fired !== undefined || irq.counts === undefined || mask === undefined || effective === undefined)
    return undefined
  if (kind !== 'deferred' && kind !== 'immediate') return undefined
  const outside = [...eachCpu(irq.counts)].filter(([cpu]) => !mask.has(cpu) && !effective.has(cpu))
  const count = outside.reduce((sum, [, some]) => sum + some, 0)
  if (count < SOME) return undefined
  const where = outside
    .slice(0, SHOWN_MAX)
    .map(([cpu, some]) => `${some} on CPU ${cpu}`)
    .join(', ')
  const more = outside.length > SHOWN_MAX ? ` and ${outside.length - SHOWN_MAX} more CPUs` : ''
  const running = balancersInWords(seen)
  return {
    name: 'was-elsewhere',
    irq: irq.number,
    sentence: `${nameOf(irq)}: its mask is ${cpusInWords(mask)}, and since boot it was counted ${where}${more}: its mask was another${running === undefined ? '' : `; ${running} here`}`,
    evidence: [
      requestedSaid(irq),
      effectiveSaid(irq),
      { file: '/proc/interrupts', value: `${irq.counts.total} since boot, ${count} of them elsewhere` },
    ],
  }
}

const SHOWN_MAX = 6

function onIsolated(irq: ObservedIrq, seen: Observed): Finding | undefined {
  const { isolated } = seen.cpus
  if (isolated.isEmpty) return undefined
  const isManaged = behaviourOf(irq, seen).kind === 'managed'
  const hits = firedOn(irq).filter(({ cpu }) => isolated.has(cpu))
  const evidence = [requestedSaid(irq), effectiveSaid(irq), firedSaid(irq, seen), isolatedSaid(seen)]
  if (hits.length > 0) {
    const where = hits
      .map(({ cpu, count }) => `${count === 1 ? 'once' : `${count} times`} on CPU ${cpu}`)
      .join(', ')
    const remedy = isManaged
      ? 'it is managed and cannot be moved from here: isolcpus=managed_irq keeps new ones away'
      : `its mask is ${cpusInWords(lastOf(irq.requested) ?? isolated)}`
    return {
      name: 'isolated-cpu-hit',
      irq: irq.number,
      sentence: `${nameOf(irq)} fired on a CPU that is set apart, ${where}; ${remedy}`,
      evidence,
    }
  }
  const aimed = lastOf(irq.effective)?.intersect(isolated)
  if (aimed === undefined || aimed.isEmpty) return undefined
  return isManaged
    ? {
        name: 'managed-on-isolated-cpu',
        irq: irq.number,
        sentence: `${nameOf(irq)} is managed and belongs to ${cpusInWords(aimed)}, which is set apart: it fires only when something there uses its queue`,
        evidence,
      }
    : {
        name: 'isolated-cpu-aimed-at',
        irq: irq.number,
        sentence: `${nameOf(irq)} did not fire; its next interrupt will hit ${cpusInWords(aimed)}, which is set apart`,
        evidence,
      }
}

function isolatedSaid({ cpus: { isolated } }: Observed): FindingEvidence {
  return { file: '/sys/devices/system/cpu/isolated and nohz_full', value: isolated.toList() }
}
