/** Can KVM be trusted on this host? Only a guest that counts fast enough proves it: a /dev/kvm that opens proves nothing. */
import { measureCounts } from './kvm-measure.ts'
import type { CountMeasure } from './kvm-measure.ts'
import { deviceObstacle, type KvmProof, obstacle } from './kvm-obstacle.ts'
import { proofCounts } from './kvm-proof-rom.ts'

/** The CPU time in which the ROM has to end. Seen: 4 ms of TCG; over 2 s of a KVM that emulates every instruction. */
const proofLimitMs = 1000

/** With less CPU time than this, in steps of 10 ms, a try says nothing about speed: the host kept the vCPU waiting. */
const leastCpuMs = 100

/** All tries together, so that `--accel kvm` can say no in under 3 s. */
const budgetMs = 2200

/** Asks the device, then lets the ROM count, up to three times where one try leaves doubt. Throws `Trouble` as `measureCounts`. */
export async function proveKvm(qemuPath: string, device = '/dev/kvm'): Promise<KvmProof> {
  const closed = await deviceObstacle(device)
  if (closed) return closed

  const endsAt = performance.now() + budgetMs
  let best: CountMeasure = { finished: false, counts: 0, cpuMs: 0, wallMs: 0 }
  for (let tries = 0; tries < 3 && isDoubtful(best); tries++) {
    const wallMs = Math.min(1500, endsAt - performance.now())
    if (wallMs < 200) break
    const measured = await measureCounts(qemuPath, 'kvm', { cpuMs: proofLimitMs, wallMs })
    if ('refused' in measured) return refusal(measured.refused)
    if (measured.counts >= best.counts) best = measured
  }
  return judge(best)
}

/** The verdict over the best try. */
export function judge(best: CountMeasure): KvmProof {
  if (best.finished || (best.cpuMs >= leastCpuMs && speed(best) * proofLimitMs >= proofCounts)) {
    return { usable: true, measured: best }
  }
  if (best.cpuMs < leastCpuMs) {
    const got = `its vCPU got ${best.cpuMs} ms of CPU time in ${Math.round(best.wallMs)} ms`
    return { ...obstacle('starved', `KVM could not be proved: ${got}`), measured: best }
  }
  const rate = `${((speed(best) * 2) / 1000).toFixed(1)} million instructions per second of CPU time`
  const reason = `/dev/kvm only emulates: ${rate}, where hardware does over 500 million`
  return { ...obstacle('slow', reason), measured: best }
}

/** What QEMU's own words mean. */
export function refusal(said: string): KvmProof {
  if (/busy/i.test(said)) return obstacle('busy', `KVM is held by another: ${said}`)
  if (/permission denied/i.test(said)) return obstacle('permission', `No permission for KVM: ${said}`)
  return obstacle('refused', `QEMU cannot use KVM: ${said}`)
}

/** Counts per millisecond of CPU time. */
function speed(measure: CountMeasure): number {
  return measure.counts / Math.max(measure.cpuMs, 1)
}

/** Too little CPU time to know its speed, or so near to the limit that another try may say otherwise. */
function isDoubtful(measure: CountMeasure): boolean {
  const isNear = speed(measure) * proofLimitMs > proofCounts * 0.75
  return !measure.finished && (measure.cpuMs < leastCpuMs || isNear)
}
