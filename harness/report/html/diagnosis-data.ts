/** What the page of a diagnosis draws: its irqs with their masks and counts, bounded so that the largest machine makes a small file. */
import type { CpuMask } from '../../irq/cpu-mask.ts'
import { type CpuCounts, eachCpu } from '../../irq/interrupt-counts.ts'
import type { DiagnosedIrq, Diagnosis } from '../../diagnose/diagnose.ts'
import { lastOf } from '../../diagnose/evidence.ts'
import { type Finding, type FindingName, FINDINGS } from '../../diagnose/finding.ts'
import type { Sampled } from '../../diagnose/observed.ts'
import { OF_DEVICE } from '../diagnosis-table.ts'
import type { CountData, DiagnosisData, IrqData, IrqFindingData, MaskData } from './irq-data.ts'

/** CPUs of one irq whose counts are told; an irq that is counted on more is a story of its own. */
const CPUS_MAX = 16
/** Findings of one kind that are told in full. */
const TOLD_MAX = 200

/** The data as JSON in pieces, irqs ascending: never is all of it in memory as values. */
export function diagnosisJsonPieces({ seen, irqs, findings }: Diagnosis): readonly string[] {
  const whys = new Map<string, number>()
  const found = findingsByIrq(findings)
  const known = [seen.cpus.possible, seen.cpus.online.first, seen.cpus.online.second]
  const highest = Math.max(0, ...known.map((mask) => mask?.cpus.at(-1) ?? 0))
  const online = lastOf(seen.cpus.online)
  const rows = irqs.map((irq) => JSON.stringify(irqData(irq, whys, found.get(irq.number))))
  const rest: Omit<DiagnosisData, 'irqs'> = {
    columns: highest + 1,
    offline: online === undefined ? '' : (seen.cpus.possible ?? online).minus(online).toList(),
    isolated: seen.cpus.isolated.toList(),
    seconds: seen.elapsedSeconds ?? null,
    whys: [...whys.keys()],
  }
  return [
    JSON.stringify(rest).slice(0, -1),
    ',"irqs":[',
    ...rows.flatMap((row, at) => (at === 0 ? [row] : [',', row])),
    ']}',
  ]
}

function irqData(
  irq: DiagnosedIrq,
  whys: Map<string, number>,
  findings: readonly IrqFindingData[] | undefined,
): IrqData {
  const { kind, why } = irq.behaviour
  const at = whys.get(why) ?? whys.size
  whys.set(why, at)
  const { device } = irq
  return {
    irq: irq.number,
    action: irq.action,
    chip: irq.chip.replace(OF_DEVICE, ''),
    kind,
    why: at,
    ...given('device', device && [device.address, device.driver, device.interface].filter(Boolean).join(' ')),
    ...given('requested', maskData(irq.requested)),
    ...given('effective', maskData(irq.effective)),
    ...given('hint', irq.hint?.toList()),
    ...given('fired', countData(irq.fired)),
    ...given('counted', countData(irq.counts)),
    ...given('findings', findings),
  }
}

/** An absent value is no member at all: 4,000 irqs have many of them. */
function given<Name extends string, T>(name: Name, value: T | undefined): Readonly<Partial<Record<Name, T>>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, T>>
}

function maskData(mask: Sampled<CpuMask>): MaskData | undefined {
  const now = lastOf(mask)
  if (now === undefined) return undefined
  const hasChanged = mask.first !== undefined && !mask.first.equals(now)
  return { now: now.toList(), ...given('before', hasChanged ? mask.first?.toList() : undefined) }
}

function countData(counts: CpuCounts | undefined): CountData | undefined {
  if (counts === undefined) return undefined
  const all = [...eachCpu(counts)].toSorted(([, a], [, b]) => b - a)
  return {
    total: counts.total,
    on: all.slice(0, CPUS_MAX),
    ...given('others', all.length > CPUS_MAX ? all.length - CPUS_MAX : undefined),
  }
}

function findingsByIrq(findings: readonly Finding[]): ReadonlyMap<number, readonly IrqFindingData[]> {
  const byIrq = new Map<number, IrqFindingData[]>()
  const told = new Map<FindingName, number>()
  for (const { name, irq, sentence, evidence } of findings) {
    if (irq === undefined) continue
    const count = (told.get(name) ?? 0) + 1
    told.set(name, count)
    const one: IrqFindingData = {
      name,
      weight: FINDINGS[name],
      ...(count > TOLD_MAX ? {} : { sentence, evidence: evidence.map(({ file, value }) => [file, value]) }),
    }
    const others = byIrq.get(irq)
    if (others === undefined) byIrq.set(irq, [one])
    else others.push(one)
  }
  return byIrq
}
