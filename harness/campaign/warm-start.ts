/** May this run start from a snapshot, from which one, and may it make it? Decided before its worker is started. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { snapshotKey } from '../guest/snapshot-key.ts'
import type { GuestState } from '../guest/snapshot.ts'
import type { WarmStore } from '../image/warm-store.ts'
import type { Job, SnapshotJob } from './job.ts'
import { qemuRequestOf } from './qemu-request.ts'

/** What a key is made from besides the job. */
export interface WarmOrigin {
  readonly qemuSha256: string
  readonly qemuVersion: string
  readonly kernelSha256: string
  readonly kernelRelease: string
  readonly guestSha256: string
}

/** The code that makes a booted guest what it is when it is put aside. */
const PREPARED_BY = [
  'guest/tracing.ts',
  'guest/affinity.ts',
  'guest/descriptor-states.ts',
  'guest/devices.ts',
  'guest/put-aside.ts',
  'traffic/prober.ts',
  'traffic/device-prober.ts',
  'scenario/settle.ts',
].map((file) => resolve(import.meta.dirname, '..', file))

/** The snapshot for this job, and a place to make it in should it be missing or damaged. */
export async function warmStart(
  store: WarmStore,
  job: Job,
  state: GuestState,
  origin: WarmOrigin,
): Promise<SnapshotJob> {
  const request = { ...qemuRequestOf(job), qmpSocket: '' }
  const hostCpu = job.accel === 'kvm' ? cpuOfHost() : undefined
  const key = snapshotKey(request, { ...origin, hostCpu, state, preparedBy: PREPARED_BY })
  const label = `${origin.kernelRelease}-${job.machine.name}-${state}`
  const dir = store.dir(label, key)
  const partial = await store.reserve(dir)
  return { dir, key, state, ...(partial === undefined ? {} : { partial }) }
}

/** Model, flags and microcode of the first CPU, and the host's kernel: with KVM a guest sees all of them. */
function cpuOfHost(): string {
  const [first = ''] = readFileSync('/proc/cpuinfo', 'utf8').split('\n\n')
  const lasting = first
    .split('\n')
    .filter((line) => /^(vendor_id|cpu family|model|stepping|microcode|flags)/.test(line))
  return [...lasting, readFileSync('/proc/version', 'utf8')].join('\n')
}
