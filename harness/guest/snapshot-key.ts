/** Which runs may start from the same snapshot? Those of one key: the hash of everything that reaches the guest. */
import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { cacheKey } from '../image/cache.ts'
import { type QemuRequest, qemuArgv } from './qemu-args.ts'
import { type GuestState, SNAPSHOT_SCHEMA } from './snapshot.ts'

/** What a guest is made of, beyond QEMU's arguments. */
export interface GuestOrigin {
  /** Of the QEMU program. */
  readonly qemuSha256: string
  readonly qemuVersion: string
  /** Of the bzImage and of the micro guest's archive. */
  readonly kernelSha256: string
  readonly guestSha256: string
  /** With KVM the guest sees the host's CPU and its kernel's idea of it; absent under TCG. */
  readonly hostCpu: string | undefined
  readonly state: GuestState
  /** Source files of ours that prepare the guest before it is put aside: other code makes other guests. Absolute. */
  readonly preparedBy: readonly string[]
}

/** The key, 16 hex digits. The paths of kernel, initrd and QMP do not count: what is in the files does. */
export function snapshotKey(request: QemuRequest, origin: GuestOrigin): string {
  const argv = qemuArgv({ ...request, binary: '', kernel: '', initrd: '', qmpSocket: '' })
  return cacheKey(
    SNAPSHOT_SCHEMA,
    JSON.stringify(argv),
    origin.qemuSha256,
    origin.qemuVersion,
    origin.kernelSha256,
    origin.guestSha256,
    // The archive with the modules is named by the hash of what is in it.
    basename(dirname(request.initrd ?? '')),
    origin.hostCpu ?? '',
    origin.state,
    ...origin.preparedBy.map((file) => readFileSync(file)),
  )
}

/** Why a guest of this request can never be put aside; undefined when it can. */
export function neverAside({ extraArgs }: Pick<QemuRequest, 'extraArgs'>): string | undefined {
  // Such as a disk image: the guest's idea of what is in it would be old.
  return extraArgs.length > 0 ? '--qemu-arg may name what a snapshot does not hold' : undefined
}
