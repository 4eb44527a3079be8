/** L9: what the kernel says that it programmed is what stands in the hardware, seen from outside of the guest. */
import type { HardwareEntry } from '../irq-evidence.ts'
import { type Programmed, programmedAt, RESERVED_VECTOR } from '../irq-history.ts'
import { isRemapped } from '../irqchip.ts'
import { held, unproven, violated, type Finding } from '../verdict.ts'
import type { IrqLaw, IrqLawInput } from './law.ts'

const NAMES: Readonly<Record<HardwareEntry['kind'], string>> = {
  'msi-x': 'the MSI-X table',
  msi: 'the MSI capability',
  'io-apic': 'the IO-APIC',
}

/**
 * arch/x86/kernel/apic/msi.c:msi_set_affinity writes the message, arch/x86/kernel/apic/io_apic.c:ioapic_set_affinity the
 * line (5.10 to 7.3). With remapping both hold a handle into the remapping table, which a move never changes.
 */
export const hardwareAgrees: IrqLaw = {
  name: 'hardware-agrees',
  wording:
    'in the end the device, or the IO-APIC, holds the destination and the vector that were configured last, and is not masked; with remapping it holds what it held before',
  judge({ irq, history, run }: IrqLawInput): Finding | undefined {
    const { began, ended } = irq.hardware
    if (!irq.hasHandler) return undefined
    if (ended === undefined)
      return began === undefined
        ? undefined
        : unproven('the hardware was read before the body, and not after it')
    const where = NAMES[ended.kind]
    const numbers = { dest: hex(ended.dest), vector: ended.vector, raw: ended.raw }
    if (ended.masked === true) return violated(`${where} masks the irq at rest`, numbers)
    const { to } = history.readings.at(-1) ?? { to: Infinity }
    // The look from outside comes right after the last reading: what others had it set to meanwhile may be seen, or not yet.
    const meanwhile = history.programmed.filter(({ event }) => event.index > to)
    const set = meanwhile.find((one) => agrees(ended, one, run)) ?? programmedAt(history, to)
    if (isRemapped(irq.irq.chip) || set === undefined) {
      if (began === undefined) return unproven(`${where} was not read before the body`, numbers)
      return began.raw === ended.raw
        ? held(`${where} holds what it held before: ${ended.raw}`, numbers)
        : violated(
            `${where} held ${began.raw} before and holds ${ended.raw}, with nothing configured`,
            numbers,
          )
    }
    const dest = destinationOf(set, run)
    const more = { ...numbers, apicdest: dest === undefined ? 'unseen' : hex(dest), configured: set.vector }
    const wanted = dest === undefined ? `CPU ${set.cpu}` : `destination ${hex(dest)}`
    return agrees(ended, set, run)
      ? held(`${where} holds destination ${hex(ended.dest)} vector ${set.vector}, as configured`, more)
      : violated(
          `${wanted} vector ${set.vector} was configured, ${where} holds destination ${hex(ended.dest)} vector ${ended.vector}`,
          more,
        )
  },
}

/** With a destination that nothing tells, the vector alone can be compared. */
function agrees(ended: HardwareEntry, set: Programmed, run: IrqLawInput['run']): boolean {
  const dest = destinationOf(set, run)
  return ended.vector === set.vector && (dest === undefined || ended.dest === dest)
}

/**
 * The destination that stands for the CPU: never guessed from its number, because up to 6.1 small machines are addressed
 * logically, one bit a CPU (arch/x86/kernel/apic/apic_flat_64.c). A CPU that goes offline configures without a word; then
 * what another vector_config said of the same CPU is as good.
 */
function destinationOf({ event, cpu }: Programmed, { trace }: IrqLawInput['run']): number | undefined {
  const said =
    event.fields['apicdest'] ??
    trace.events.find(
      ({ name, fields }) =>
        name === 'vector_config' && fields['cpu'] === String(cpu) && fields['vector'] !== RESERVED_VECTOR,
    )?.fields['apicdest']
  return said === undefined ? undefined : Number(said)
}

function hex(value: number): string {
  return `0x${value.toString(16)}`
}
