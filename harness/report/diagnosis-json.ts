/** A diagnosis for a program: every irq, every finding. */
import type { CpuMask } from '../irq/cpu-mask.ts'
import type { DiagnosedIrq, Diagnosis } from '../diagnose/diagnose.ts'
import { FINDINGS } from '../diagnose/finding.ts'
import type { Sampled } from '../diagnose/observed.ts'

const DIAGNOSIS_SCHEMA = 'irqlab.diagnosis/1'

/** The value to print as JSON. Masks are lists as the kernel prints them; null where nothing was read. */
export function diagnosisJson({ seen, irqs, findings }: Diagnosis, what: string): object {
  return {
    schema: DIAGNOSIS_SCHEMA,
    what,
    takenAt: seen.takenAt,
    kernel: seen.releaseText ?? null,
    seconds: seen.elapsedSeconds ?? null,
    cpus: {
      online: sampled(seen.cpus.online),
      possible: listOf(seen.cpus.possible),
      isolated: seen.cpus.isolated.toList(),
      defaultMask: listOf(seen.defaultMask),
      commandLine: seen.cpus.words,
    },
    vectorsLeft: seen.vectorsLeft === undefined ? null : Object.fromEntries(seen.vectorsLeft),
    balancers: seen.balancers,
    defects: seen.defects,
    unread: seen.unread,
    findings: findings.map((finding) => ({ weight: FINDINGS[finding.name], ...finding })),
    irqs: irqs.map((irq) => irqJson(irq, seen.columns)),
  }
}

function irqJson(irq: DiagnosedIrq, columns: readonly number[]): object {
  return {
    irq: irq.number,
    action: irq.action,
    chip: irq.chip,
    behaviour: irq.behaviour,
    requested: sampled(irq.requested),
    effective: sampled(irq.effective),
    hint: listOf(irq.hint),
    pending: irq.debug?.pending ?? null,
    device: irq.device ?? null,
    counted: perCpu(irq.counts, columns),
    fired: perCpu(irq.fired, columns),
    firedTotal: irq.firedTotal ?? null,
  }
}

function sampled({ first, second }: Sampled<CpuMask>): {
  readonly first: string | null
  readonly second: string | null
} {
  return { first: listOf(first), second: listOf(second) }
}

function listOf(mask: CpuMask | undefined): string | null {
  return mask?.toList() ?? null
}

/** By CPU, those that counted anything; null where nothing was read. */
function perCpu(
  counts: Uint32Array | undefined,
  columns: readonly number[],
): Readonly<Record<string, number>> | null {
  if (counts === undefined) return null
  return Object.fromEntries(
    columns.flatMap((cpu, column): [string, number][] => {
      const count = counts[column] ?? 0
      return count === 0 ? [] : [[String(cpu), count]]
    }),
  )
}
