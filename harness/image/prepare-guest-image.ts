/** How does a guest that was asked for become one that can be booted, and a kernel for it? By flavour. */
import { Bug, UsageError } from '../base/errors.ts'
import type { ImageCache, Report } from './cache.ts'
import { type GuestImage, microImage } from './guest-image.ts'
import type { GuestSource } from './guest-source.ts'
import type { BootableKernel } from './kernel.ts'
import { type KernelSource, OWN_KERNEL } from './kernel-source.ts'
import { prepareMicroGuest } from './micro-guest.ts'
import { readMicroRecipe } from './micro-recipe.ts'
import type { WantedModules } from './modules-cpio.ts'

/** The image, from the cache where it is there. Throws `Trouble` when fetching or building fails. */
export async function prepareGuestImage(
  source: GuestSource,
  cache: ImageCache,
  report: Report,
): Promise<GuestImage> {
  // Of the other flavours it is what comes before the disk, and what is brought along.
  const micro = await prepareMicroGuest(cache, report)
  switch (source.kind) {
    case 'micro':
      return microImage(micro)
    case 'debian-full':
      return (await import('./full-guest.ts')).prepareFullGuest(source, micro, cache, report)
    case 'qcow2':
      return (await import('./foreign-image.ts')).foreignImage(source, micro)
    default:
      throw new Bug(`no such guest: ${JSON.stringify(source satisfies never)}`)
  }
}

/** What a kernel has to bring for this guest. */
export async function modulesFor({ kind }: GuestSource): Promise<WantedModules> {
  return kind === 'micro' ? readMicroRecipe() : (await import('./full-recipe.ts')).modulesForDisk()
}

/** The kernel that is taken when none is named. */
export function defaultKernel({ kind }: GuestSource): string {
  return kind === 'qcow2' ? OWN_KERNEL : 'debian:6.1'
}

/** Throws `UsageError` for a kernel that the guest cannot start with, and for words that would reach no kernel. */
export function checkGuest(
  guest: GuestSource,
  kernels: readonly KernelSource[],
  options: { readonly append: string },
): void {
  const named = kernels.find(({ kind }) => kind !== 'own')
  if (guest.kind !== 'qcow2') {
    if (kernels.every(({ kind }) => kind !== 'own')) return
    throw new UsageError(`--kernel own: --guest ${guest.text} has no kernel of its own`)
  }
  if (named !== undefined && guest.root === undefined)
    throw new UsageError(
      `--kernel ${named.text} with --guest ${guest.text}: say where its /sbin/init is, by ,root=/dev/vda1; without --kernel its own boot loader starts`,
    )
  if (options.append !== '' && kernels.some(({ kind }) => kind === 'own'))
    throw new UsageError(
      `--append ${JSON.stringify(options.append)}: the kernel of --guest ${guest.text} has the command line of its own boot loader; name a --kernel`,
    )
}

/** The kernel that the guest's own boot loader starts: what it is shows when it runs. */
export function ownKernel({ disk, sha256 }: GuestImage): BootableKernel {
  if (disk === undefined) throw new Bug('a guest without a disk has no kernel of its own')
  return {
    source: OWN_KERNEL,
    release: OWN_KERNEL,
    bzImage: disk.path,
    modulesCpio: undefined,
    config: undefined,
    packageVersion: undefined,
    sha256,
  }
}
