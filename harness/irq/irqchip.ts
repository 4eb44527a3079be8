/** When should a move of this irq take effect? Predicted from the irqchip's name and the kernel's version alone. */
import { isAtLeast, type KernelRelease } from './kernel-release.ts'

/** What a write to smp_affinity is expected to do, before it is made. */
export interface MovePrediction {
  /**
   * `deferred`: marked pending, applied by the next interrupt. `immediate`: applied by the write itself.
   * `unknown`: we do not know this irqchip, and no law of moving may be applied to it.
   */
  readonly kind: 'deferred' | 'immediate' | 'unknown'
  /** The handler runs before the move and not after it: a level line of the IO-APIC moves at its end. */
  readonly order?: 'handled first'
  /** What frees the vector on the old CPU: an IPI up to 6.5, a timer of one jiffy since 6.6 (bdc1dad299bb). */
  readonly cleanup: 'ipi' | 'timer'
  /** One sentence for the record. */
  readonly why: string
}

/** True when the irq goes through interrupt remapping. The `IR-` of the name is the only proof. */
export function isRemapped(chip: string): boolean {
  return chip.startsWith('IR-')
}

/**
 * Predicts the move of an irq from its irqchip's name, as `/sys/kernel/irq/N/chip_name` or `/proc/interrupts` show it,
 * for x86 kernels 5.10 to 7.3 (kernel/irq/internals.h:irq_can_move_pcntxt). Up to 6.13 a chip had to set
 * IRQ_MOVE_PCNTXT to be immediate, since 6.14 it must set IRQCHIP_MOVE_DEFERRED to be deferred: the same chips
 * fall on the same side, but a chip that we do not know may have changed sides, so it is `unknown`.
 * An immediate move goes pending all the same while the vector of the move before it is not freed.
 */
export function predictMove(chip: string, release: KernelRelease, flow?: 'fasteoi'): MovePrediction {
  const cleanup = isAtLeast(release, '6.6') ? 'timer' : 'ipi'
  if (chip === 'IO-APIC' && flow === 'fasteoi')
    return { kind: 'deferred', cleanup, order: 'handled first', why: AT_ITS_END }
  const rule = rules.find(({ name }) => name.test(chip))
  if (rule) return { kind: rule.kind, cleanup, why: `${chip}: ${rule.why}` }
  return { kind: 'unknown', cleanup, why: `${chip}: an irqchip that this harness does not know` }
}

/** arch/x86/kernel/apic/io_apic.c:ioapic_ack_level is the end of kernel/irq/chip.c:handle_fasteoi_irq (5.10 to 7.3). */
const AT_ITS_END =
  'IO-APIC: a level line moves at the end of its next interrupt, on the old CPU, when its handler has run.'

/** A PCI device as the chip names of 6.2 and later carry it: domain:bus:slot.function. */
const pciMsi = String.raw`PCI-MSIX?(?:-[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])?`

/** One row for each kind of chip. */
const rules: readonly {
  readonly name: RegExp
  readonly kind: 'deferred' | 'immediate'
  readonly why: string
}[] = [
  {
    name: new RegExp(`^IR-${pciMsi}$`),
    kind: 'immediate',
    why: 'a remapped MSI moves at the write, by a new interrupt remapping table entry.',
  },
  {
    name: new RegExp(`^${pciMsi}$`),
    kind: 'deferred',
    why: 'an MSI without remapping moves in the acknowledge of the next interrupt, on the old CPU.',
  },
  {
    name: /^IR-IO-APIC$/,
    kind: 'immediate',
    why: 'a remapped IO-APIC line moves at the write, by a new interrupt remapping table entry.',
  },
  {
    name: /^IO-APIC$/,
    kind: 'deferred',
    why: 'an IO-APIC line moves in the next interrupt: an edge one at its acknowledge, a level one at its end.',
  },
  {
    name: /^(?:IR-)?HPET-MSI$/,
    kind: 'immediate',
    why: 'the HPET may be moved at once, but only by the kernel: a write from user space is refused.',
  },
  {
    name: /^DMAR-MSI$/,
    kind: 'deferred',
    why: 'the fault interrupt of the IOMMU is not remapped itself and moves in its next interrupt.',
  },
]
