/** A diagnosis for a program: every irq, every finding. */
import type { CpuMask } from '../irq/cpu-mask.ts'
import { type CpuCounts, eachCpu } from '../irq/interrupt-counts.ts'
import type { DiagnosedIrq, Diagnosis } from '../diagnose/diagnose.ts'
import { FINDINGS } from '../diagnose/finding.ts'
import type { Sampled } from '../diagnose/observed.ts'

const DIAGNOSIS_SCHEMA = 'irqlab.diagnosis/1'

/** The value to print as JSON. Masks are lists as the kernel prints them; null where nothing was read. */
export function diagnosisJson({ seen, irqs, findings }: Diagnosis, what: string): object {
  return {
    schema: DIAGNOSIS_SCHEMA,
    what,
    source: seen.source,
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
    writers: seen.writers.map(({ file, write }) => ({
      file,
      irq: write?.irq ?? null,
      mask: listOf(write?.mask),
    })),
    defects: seen.defects,
    unread: seen.unread,
    findings: findings.map((finding) => ({ weight: FINDINGS[finding.name], ...finding })),
    irqs: irqs.map((irq) => irqJson(irq)),
  }
}

function irqJson(irq: DiagnosedIrq): object {
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
    counted: perCpu(irq.counts),
    fired: perCpu(irq.fired),
    firedTotal: irq.fired?.total ?? null,
    recounted: irq.recounted ?? null,
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
function perCpu(counts: CpuCounts | undefined): Readonly<Record<string, number>> | null {
  return counts === undefined ? null : Object.fromEntries(eachCpu(counts))
}
