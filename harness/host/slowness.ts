/** How slow is a guest on this host? TCG is measured, against the host that the time limits were set on. */
import { cpus } from 'node:os'
import { Trouble } from '../base/errors.ts'
import type { Accelerator } from './accelerator.ts'
import type { Fact, Memory } from './memory.ts'
import type { QemuBinary } from './qemu-binary.ts'
import { bootId } from './remembered-kvm.ts'

/**
 * What TCG counts there in a millisecond of CPU time: QEMU 7.2 on two cores of a server, 620 to 675 thousand in six tries,
 * and 360 to 390 thousand while others worked on the same cores (threads of one core share it).
 */
const REFERENCE_COUNTS = 600_000

/** CPU time of the try, which is read in steps of 10 ms; and time by the clock, for a host that gives no CPU. */
const TRY = { cpuMs: 150, wallMs: 1500 } as const

/** Far more than anything counts in that time: the try is always cut off. */
const ENDLESS = 4_000_000_000

/**
 * At least 1, and 1 for KVM: 2 is a TCG that needs twice the CPU time of the reference for the same instructions. Measured
 * once in a boot of the host. A host on which it cannot be measured is taken for the reference.
 */
export async function slownessOf(
  accelerator: Accelerator['name'],
  qemu: QemuBinary,
  memory: Memory,
): Promise<number> {
  if (accelerator === 'kvm') return 1
  const fact: Fact = {
    kind: 'tcg-speed',
    of: qemu.path,
    conditions: { boot: bootId(), qemu: qemu.sha256, cpu: cpus()[0]?.model ?? '' },
  }
  const known = memory.recall(fact)?.value
  if (typeof known === 'number' && known > 0) return slownessAt(known)
  // A neighbour's work makes one try slow: the better of two counts.
  const speed = Math.max(await speedOf(qemu.path), await speedOf(qemu.path))
  if (speed === 0) return 1
  memory.keep(fact, speed)
  return slownessAt(speed)
}

/** From counts in a millisecond of CPU time to a factor of two decimals, at least 1. */
export function slownessAt(speed: number): number {
  return Math.max(1, Math.round((REFERENCE_COUNTS / speed) * 100) / 100)
}

/** Counts in a millisecond of CPU time; zero when QEMU does not run the ROM, or got too little time to tell. */
async function speedOf(qemuPath: string): Promise<number> {
  // Loaded only to measure: it starts a QEMU of its own.
  const { measureCounts } = await import('./kvm-measure.ts')
  try {
    const measured = await measureCounts(qemuPath, 'tcg', TRY, ENDLESS)
    if ('refused' in measured || measured.cpuMs < TRY.cpuMs / 3) return 0
    return Math.round(measured.counts / measured.cpuMs)
  } catch (error) {
    // Whatever it is, the run itself will meet it, and tell.
    if (error instanceof Trouble) return 0
    throw error
  }
}
