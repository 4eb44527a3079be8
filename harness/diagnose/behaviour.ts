/** What will become of a new mask for this irq? Predicted from its irqchip, its driver and what the kernel says of it. */
import { predictMove } from '../irq/irqchip.ts'
import { parseKernelRelease } from '../irq/kernel-release.ts'
import type { BehaviourKind } from './behaviour-kind.ts'
import type { Observed, ObservedIrq } from './observed.ts'

/** The prediction. */
export interface Behaviour {
  readonly kind: BehaviourKind
  /** One sentence. */
  readonly why: string
}

/**
 * Drivers that let the kernel spread and manage their queues: nvme (all but the admin queue), virtio-blk and virtio-scsi. Their
 * names tell, where neither debugfs nor the mode of the file does (before 6.12).
 */
const MANAGED_NAME = /^(?:nvme\d+q[1-9]\d*|virtio\d+-req(?:uest)?(?:\.\d+)?)$/
/** The timer of the PC is requested with IRQF_NOBALANCING (arch/x86/kernel/time.c, drivers/clocksource/i8253.c). */
const FIXED_CHIP = /^(?:IR-)?HPET-MSI$/

/** Predicts it. */
export function behaviourOf(irq: ObservedIrq, { release }: Pick<Observed, 'release'>): Behaviour {
  if (irq.debug?.managed === true) return { kind: 'managed', why: 'debugfs has IRQD_AFFINITY_MANAGED for it' }
  if (irq.action === '') return { kind: 'no handler', why: 'no driver has asked for it' }
  if (MANAGED_NAME.test(irq.action))
    return { kind: 'managed', why: `${irq.action} is a queue whose driver lets the kernel place it` }
  if (FIXED_CHIP.test(irq.chip) || (irq.number === 0 && irq.action === 'timer'))
    return { kind: 'fixed', why: 'a timer: only the kernel moves it' }
  if (irq.isFixed)
    return /PCI-MSI/.test(irq.chip)
      ? { kind: 'managed', why: 'the kernel lets nobody write its mask, as with all managed irqs since 6.12' }
      : { kind: 'fixed', why: 'the kernel lets nobody write its mask' }
  const { kind, why } = predictMove(
    irq.chip,
    release ?? parseKernelRelease('6.12'),
    irq.flow === 'fasteoi' ? 'fasteoi' : undefined,
  )
  return { kind, why }
}
