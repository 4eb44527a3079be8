/** Was KVM proved before in this boot of the host? Then it need not count again: a proof costs a second where KVM is of no use. */
import { readFileSync, statSync } from 'node:fs'
import { deviceObstacle, type KvmProof, obstacle } from './kvm-obstacle.ts'
import type { CountMeasure } from './kvm-measure.ts'
import type { Fact, Memory } from './memory.ts'
import type { QemuBinary } from './qemu-binary.ts'

/** A proof; `provenAt` (ISO 8601) when it is one of an earlier irqlab. */
export type DatedProof = KvmProof & { readonly provenAt?: string }

/**
 * The proof from memory, or a fresh one. The device is asked each time. Only what stays as it is until the next boot is
 * kept: that KVM is usable, or that it is slow. Throws `Trouble` as `proveKvm`.
 */
export async function rememberedProof(
  qemu: QemuBinary,
  memory: Memory,
  device = '/dev/kvm',
): Promise<DatedProof> {
  const fact = factOf(qemu, device)
  // Loaded only to prove: it starts a QEMU of its own.
  const proveKvm = async () => (await import('./kvm-proof.ts')).proveKvm(qemu.path, device)
  if (fact === undefined) return proveKvm()
  const recalled = memory.recall(fact)
  const known = recalled === undefined ? undefined : proofIn(recalled.value)
  if (recalled !== undefined && known !== undefined) {
    return (await deviceObstacle(device)) ?? { ...known, provenAt: recalled.keptAt }
  }
  const proof = await proveKvm()
  if (proof.usable || proof.kind === 'slow') memory.keep(fact, proof)
  return proof
}

/**
 * What a proof depends on: this boot, this build of QEMU, this device node (loading a KVM module makes a new one) and
 * this user. Undefined where there is no device.
 */
function factOf(qemu: QemuBinary, device: string): Fact | undefined {
  const node = statSync(device, { throwIfNoEntry: false })
  if (node === undefined) return undefined
  return {
    kind: 'kvm-proof',
    of: `${device} ${qemu.path}`,
    conditions: {
      boot: bootId(),
      qemu: qemu.sha256,
      device: node.rdev,
      changed: node.ctimeMs,
      mode: node.mode,
      user: process.getuid?.() ?? -1,
    },
  }
}

/** Differs after each boot of the host (linux: drivers/char/random.c, boot_id). */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

function proofIn(value: unknown): KvmProof | undefined {
  if (!isRecord(value)) return undefined
  const { usable, kind, reason } = value
  const measured = measureIn(value['measured'])
  if (measured === undefined) return undefined
  if (usable === true) return { usable, measured }
  return usable === false && kind === 'slow' && typeof reason === 'string'
    ? { ...obstacle(kind, reason), measured }
    : undefined
}

function measureIn(value: unknown): CountMeasure | undefined {
  if (!isRecord(value)) return undefined
  const { finished, counts, cpuMs, wallMs } = value
  return typeof finished === 'boolean' &&
    typeof counts === 'number' &&
    typeof cpuMs === 'number' &&
    typeof wallMs === 'number'
    ? { finished, counts, cpuMs, wallMs }
    : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
