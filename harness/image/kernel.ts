/** How does a kernel that was asked for become files that QEMU can boot? */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Bug, UsageError } from '../base/errors.ts'
import type { ImageCache, Report } from './cache.ts'
import { debianKernel } from './debian-kernel.ts'
import type { KernelSource } from './kernel-source.ts'
import { readMicroRecipe } from './micro-recipe.ts'
import type { WantedModules } from './modules-cpio.ts'

/** A kernel that is ready for `-kernel`. All paths are absolute. */
export interface BootableKernel {
  /** As the user asked for it: `debian:6.1`, or a path. */
  readonly source: string
  /** What `uname -r` will say. */
  readonly release: string
  readonly bzImage: string
  /** The archive of the modules that the guest loads; absent: what it needs is built in. */
  readonly modulesCpio: string | undefined
  /** The build configuration; absent: none was found, so what the kernel lacks is not known beforehand. */
  readonly config: string | undefined
  /** The version of its package; absent for a kernel that came in none. */
  readonly packageVersion: string | undefined
  /** The Debian suites that held it when it was fetched; absent for every other kernel. */
  readonly suites?: readonly string[] | undefined
  /** Of the configuration, hex; absent where that is. */
  readonly configSha256?: string | undefined
  /** What a person should know of it, a sentence each. */
  readonly notes?: readonly string[] | undefined
  /** Of the bzImage, hex. */
  readonly sha256: string
}

/**
 * Makes the kernel ready, with the modules that its guest wants: those of the micro guest, unless others are named; `step` is told how far it is where it has to be built. A Debian kernel that is already in the cache costs no network and no process.
 * Throws `UsageError` for what the user's files or Debian's index disprove, `Trouble` when fetching or building fails.
 */
export async function prepareKernel(
  source: KernelSource,
  cache: ImageCache,
  report: Report,
  step: Report = () => undefined,
  wanted: WantedModules = readMicroRecipe(),
): Promise<BootableKernel> {
  const kernel = await prepareByKind(source, cache, report, step, wanted)
  if (kernel.config === undefined) return kernel
  return { ...kernel, configSha256: createHash('sha256').update(readFileSync(kernel.config)).digest('hex') }
}

/** What the other kinds need is loaded only for them. */
async function prepareByKind(
  source: KernelSource,
  cache: ImageCache,
  report: Report,
  step: Report,
  wanted: WantedModules,
): Promise<BootableKernel> {
  switch (source.kind) {
    case 'debian':
      return debianKernel(source, cache, report, wanted)
    case 'deb':
      return (await import('./deb-kernel.ts')).debKernel(source, cache, report, wanted)
    case 'tree':
      return (await import('./tree-kernel.ts')).treeKernel(source, cache, report, wanted)
    case 'local':
      return (await import('./local-kernel.ts')).localKernel(source, cache, report, wanted)
    case 'own':
      throw new UsageError(
        `--kernel own: only a guest with a boot loader of its own has one (--guest qcow2:PATH)`,
      )
    case 'built':
      return (await import('./build/build-kernel.ts')).buildKernel(source, cache, report, step)
    default:
      throw new Bug(`no such kind of kernel: ${JSON.stringify(source satisfies never)}`)
  }
}
