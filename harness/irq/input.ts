/** A text written to a file of an irq: what must become of it? Predicted from the kernel's version, before it is written. */
import type { CpuMask } from './cpu-mask.ts'
import { isAtLeast, type KernelRelease } from './kernel-release.ts'
import { understoodHex, understoodList } from './mask-text.ts'

/** The files that are written: those of one irq, the default of all, and one of an irq that is not there. */
export const INPUT_FILES = [
  'smp_affinity_list',
  'smp_affinity',
  'default_smp_affinity',
  'effective_affinity',
  'effective_affinity_list',
  'affinity_hint',
  'node',
  'spurious',
  'smp_affinity_list of no irq',
] as const

/** One of them. */
export type InputFile = (typeof INPUT_FILES)[number]

/** What must become of a text: taken as these CPUs, or refused with this errno. */
export type InputPrediction = { readonly mask: CpuMask } | { readonly errno: string }

/** What a prediction depends on. */
export interface InputFacts {
  readonly release: KernelRelease
  /** nr_cpu_ids: the highest possible CPU plus one. */
  readonly cpus: number
  readonly online: CpuMask
  /** User space may not move the irq: it is managed, or must not be balanced. */
  readonly unmovable: boolean
}

/** No machine has so many irqs. */
const NO_IRQ = 65_535

/** Where the file is in the guest. */
export function inputPath(irq: number, file: InputFile): string {
  if (file === 'default_smp_affinity') return `/proc/irq/${file}`
  return file === 'smp_affinity_list of no irq'
    ? `/proc/irq/${NO_IRQ}/smp_affinity_list`
    : `/proc/irq/${irq}/${file}`
}

/**
 * What must become of `text` (kernel/irq/proc.c: write_irq_affinity, default_affinity_write; fs/proc/inode.c:
 * proc_reg_write answers EIO for a file that nobody can write; 5.10 to 7.3).
 */
export function predictInput(file: InputFile, text: string, facts: InputFacts): InputPrediction {
  const { release, cpus, online, unmovable } = facts
  if (file === 'smp_affinity_list of no irq') return { errno: 'ENOENT' }
  const isOfIrq = file === 'smp_affinity' || file === 'smp_affinity_list'
  if (!isOfIrq && file !== 'default_smp_affinity') return { errno: 'EIO' }
  // eb29369fa543, v6.12. Before anything is parsed.
  if (isOfIrq && unmovable) return { errno: isAtLeast(release, '6.12') ? 'EPERM' : 'EIO' }
  // Somewhere between 5.10, which was read and lacks them, and 6.1.
  const hasWords = isAtLeast(release, '5.14')
  const understood =
    file === 'smp_affinity_list' ? understoodList(text, { cpus, hasWords }) : understoodHex(text, { cpus })
  if ('errno' in understood) return understood
  return understood.mask.intersect(online).isEmpty ? { errno: 'EINVAL' } : understood
}
