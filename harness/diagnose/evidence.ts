/** What a finding rests on, in the words of the files: which one, and what it said in both samples. */
import type { CpuMask } from '../irq/cpu-mask.ts'
import { eachCpu } from '../irq/interrupt-counts.ts'
import type { FindingEvidence } from './finding.ts'
import type { Observed, ObservedIrq, Sampled } from './observed.ts'

/** The last value that was read. */
export function lastOf<T>({ first, second }: Sampled<T>): T | undefined {
  return second ?? first
}

/** smp_affinity_list of both samples. */
export function requestedSaid(irq: ObservedIrq): FindingEvidence {
  return { file: `/proc/irq/${irq.number}/smp_affinity_list`, value: saidTwice(irq.requested) }
}

/** effective_affinity_list of both samples. */
export function effectiveSaid(irq: ObservedIrq): FindingEvidence {
  return { file: `/proc/irq/${irq.number}/effective_affinity_list`, value: saidTwice(irq.effective) }
}

/** affinity_hint, in the form of a list. */
export function hintSaid(irq: ObservedIrq): FindingEvidence {
  return { file: `/proc/irq/${irq.number}/affinity_hint`, value: irq.hint?.toList() ?? 'none' }
}

/** What /proc/interrupts counted between the samples, or since boot where there is only one. */
export function firedSaid(irq: ObservedIrq, seen: Observed): FindingEvidence {
  if (irq.fired === undefined)
    return {
      file: '/proc/interrupts',
      value: irq.counts === undefined ? 'not read' : `${irq.counts.total} since boot`,
    }
  const time = seen.elapsedSeconds === undefined ? 'between the samples' : `in ${seen.elapsedSeconds} s`
  return {
    file: '/proc/interrupts',
    value: `${irq.fired.total} ${time}${onCpus(irq)}`,
  }
}

/** What /proc/stat counted, at another moment than /proc/interrupts; nothing where it was not read. */
export function recountSaid({ recounted }: ObservedIrq, seen: Observed): readonly FindingEvidence[] {
  const when = seen.recountSeconds === undefined ? 'at another moment' : apart(seen.recountSeconds)
  return recounted === undefined ? [] : [{ file: '/proc/stat', value: `${recounted} since boot, ${when}` }]
}

function apart(seconds: number): string {
  return seconds < 0 ? `${-seconds} s before that` : `${seconds} s after that`
}

/** The CPUs on which the irq was counted between the samples, with the counts. */
export function firedOn({ fired }: ObservedIrq): readonly { readonly cpu: number; readonly count: number }[] {
  return fired === undefined ? [] : [...eachCpu(fired)].map(([cpu, count]) => ({ cpu, count }))
}

/** `irq 24 (virtio0-input.0)`. */
export function nameOf({ number, action }: ObservedIrq): string {
  return action === '' ? `irq ${number}` : `irq ${number} (${action})`
}

/** `CPU 3` or `CPUs 0-3`. */
export function cpusInWords(mask: CpuMask): string {
  if (mask.isEmpty) return 'no CPU'
  return `${mask.size === 1 ? 'CPU' : 'CPUs'} ${mask.toList()}`
}

function onCpus(irq: ObservedIrq): string {
  const on = firedOn(irq)
  if (on.length === 0) return ''
  const shown = on.slice(0, SHOWN_MAX).map(({ cpu, count }) => `${count} on CPU ${cpu}`)
  return `: ${shown.join(', ')}${on.length > SHOWN_MAX ? ` and ${on.length - SHOWN_MAX} more CPUs` : ''}`
}

const SHOWN_MAX = 6

function saidTwice({ first, second }: Sampled<CpuMask>): string {
  const words = (mask: CpuMask | undefined) =>
    mask === undefined ? 'not read' : mask.isEmpty ? 'empty' : mask.toList()
  if (first === undefined || second === undefined) return words(first ?? second)
  return first.equals(second) ? `${words(second)}, in both samples` : `${words(first)}, then ${words(second)}`
}
