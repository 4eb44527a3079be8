/** Puts each irq together from the texts of a capture. */
import type { CpuMask } from '../irq/cpu-mask.ts'
import {
  type CountedRow,
  type CpuCounts,
  cpuCounts,
  eachCpu,
  type InterruptCounts,
} from '../irq/interrupt-counts.ts'
import { countLimit } from '../irq/per-cpu-count.ts'
import type { Files } from './capture.ts'
import { fileLines, plainLines } from './file-lines.ts'
import { printable } from './printable.ts'
import type { IrqDevice, ObservedIrq, Sampled } from './observed.ts'

/** Reads a mask; undefined for an absent text, and for a malformed one, which is told elsewhere. */
type MaskReader = (text: string | undefined, source: string) => CpuMask | undefined

/** What it takes. */
export interface IrqFacts {
  readonly files: Files
  readonly mask: { readonly list: MaskReader; readonly hex: MaskReader }
  readonly counts: Sampled<InterruptCounts>
  /** By `proc/stat/IRQ`. */
  readonly totals: ReadonlyMap<string, number>
  readonly devices: ReadonlyMap<number, IrqDevice>
}

/** The irqs, ascending. */
export function observeIrqs({ files, mask, counts, totals, devices }: IrqFacts): readonly ObservedIrq[] {
  const fixed = new Set(plainLines(files.get('fixed.txt')).map((path) => numberIn(path)))
  const facts = attributes(files.get('irqs.txt'))
  const asked = {
    first: attributes(files.get('first/masks.txt')),
    second: attributes(files.get('second/masks.txt')),
  }
  const debug = debugStates(files)
  const current = counts.second ?? counts.first
  const numbers = new Set([
    ...asked.first.keys(),
    ...asked.second.keys(),
    ...facts.keys(),
    ...(current?.rows.keys() ?? []),
  ])
  const cpusBefore = new Set(counts.first?.cpus)
  return [...numbers]
    .toSorted((a, b) => a - b)
    .map((number): ObservedIrq => {
      const fact = (name: string) => facts.get(number)?.get(name)
      const sampled = (name: string): Sampled<CpuMask> => ({
        first: mask.list(asked.first.get(number)?.get(name), `proc/irq/${number}/${name}`),
        second: mask.list(asked.second.get(number)?.get(name), `proc/irq/${number}/${name}`),
      })
      const row = current?.rows.get(number)
      const hint = mask.hex(fact('affinity_hint'), `proc/irq/${number}/affinity_hint`)
      const fired = firedBetween(counts.first?.rows.get(number), counts.second?.rows.get(number), cpusBefore)
      return {
        number,
        action: fact('actions')?.replaceAll(',', ', ') || printable(row?.action ?? ''),
        chip: fact('chip_name') ?? printable(row?.chip ?? ''),
        flow: row?.flow,
        requested: sampled('smp_affinity_list'),
        effective: sampled('effective_affinity_list'),
        counts: row?.counts,
        recounted: totals.get(`proc/stat/${number}`),
        fired,
        hint: hint?.isEmpty === true ? undefined : hint,
        isFixed: fixed.has(number),
        debug: debug?.get(number),
        device: devices.get(number),
      }
    })
}

const PATH = /^(?:proc\/irq|sys\/kernel\/irq|sys\/kernel\/debug\/irq\/irqs)\/(\d+)(?:\/(\w+))?$/

function numberIn(path: string): number {
  return Number(/\d+/.exec(path)?.[0] ?? Number.NaN)
}

/** What is judged; the capture has more. */
const JUDGED: ReadonlySet<string> = new Set([
  'smp_affinity_list',
  'effective_affinity_list',
  'affinity_hint',
  'chip_name',
  'actions',
])

/** The first line of each file of an irq, by the irq and the file's name. */
function attributes(text: Buffer | undefined): ReadonlyMap<number, ReadonlyMap<string, string>> {
  const irqs = new Map<number, Map<string, string>>()
  for (const { path, value } of fileLines(text)) {
    const [, number, name] = PATH.exec(path) ?? []
    if (number === undefined || name === undefined || !JUDGED.has(name)) continue
    const known = irqs.get(Number(number))
    if (known === undefined) irqs.set(Number(number), new Map([[name, value]]))
    else if (!known.has(name)) known.set(name, value)
  }
  return irqs
}

/** State bits of the second sample, or of the only one: kernel/irq/debugfs.c prints the name of each bit that is set. */
function debugStates(files: Files): ReadonlyMap<number, { pending: boolean; managed: boolean }> | undefined {
  const text = files.get('second/debug.txt') ?? files.get('first/debug.txt')
  if (text === undefined) return undefined
  const states = new Map<number, { pending: boolean; managed: boolean }>()
  for (const { path, value } of fileLines(text)) {
    const number = PATH.exec(path)?.[1]
    if (number === undefined) continue
    const state = states.get(Number(number)) ?? { pending: false, managed: false }
    if (value.includes('IRQD_SETAFFINITY_PENDING')) state.pending = true
    if (value.includes('IRQD_AFFINITY_MANAGED')) state.managed = true
    states.set(Number(number), state)
  }
  return states
}

/** Counters are 32 bits and wrap; the same number may by now be another irq. */
function firedBetween(
  first: CountedRow | undefined,
  second: CountedRow | undefined,
  cpusBefore: ReadonlySet<number>,
): CpuCounts | undefined {
  if (first === undefined || second === undefined) return undefined
  if (first.action !== second.action || first.chip !== second.chip) return undefined
  const before = new Map(eachCpu(first.counts))
  const steps = [...eachCpu(second.counts)]
    // A CPU that came between the samples had no column: what it counts now may be from long ago.
    .filter(([cpu]) => cpusBefore.has(cpu))
    .map(([cpu, count]) => [cpu, (count - (before.get(cpu) ?? 0) + countLimit) % countLimit] as const)
  return steps.some(([, step]) => step >= countLimit / 2) ? undefined : cpuCounts(steps)
}
