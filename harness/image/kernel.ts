/** How does a kernel that was asked for become files that QEMU can boot? */
import type { ImageCache, Report } from './cache.ts'
import { debianKernel } from './debian-kernel.ts'
import type { KernelSource } from './kernel-source.ts'

/** A kernel that is ready for `-kernel`. All paths are absolute. */
export interface BootableKernel {
  /** As the user asked for it: `debian:6.1` or a path. */
  readonly source: string
  /** What `uname -r` will say. */
  readonly release: string
  readonly bzImage: string
  /** The archive of the modules that the micro guest loads; absent: what it needs is built in. */
  readonly modulesCpio: string | undefined
  /** The build configuration; absent: none was found, so what the kernel lacks is not known beforehand. */
  readonly config: string | undefined
  /** The Debian version; absent for a kernel of the user's own. */
  readonly packageVersion: string | undefined
  /** Of the bzImage, hex. */
  readonly sha256: string
}

/**
 * Makes the kernel ready; a Debian kernel that is already in the cache costs no network and no process.
 * Throws `UsageError` for what the user's files or Debian's index disprove, `Trouble` when fetching or building fails.
 */
export async function prepareKernel(
  source: KernelSource,
  cache: ImageCache,
  report: Report,
): Promise<BootableKernel> {
  if (source.kind === 'debian') return debianKernel(source, cache, report)
  if (source.kind === 'built')
    return (await import('./build/build-kernel.ts')).buildKernel(source, cache, report)
  const { localKernel } = await import('./local-kernel.ts')
  return localKernel(source, cache, report)
}
