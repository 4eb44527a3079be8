/** What goes behind `-initrd`? The micro guest with the modules of one kernel: QEMU takes a single file. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheKey, cached } from './cache.ts'
import type { ImageCache, Report } from './cache.ts'
import type { BootableKernel } from './kernel.ts'
import type { MicroGuest } from './micro-guest.ts'

/**
 * The path of the initrd for this pair, put together first when it is not in the cache. The kernel unpacks archives that
 * follow each other one after the other (linux: init/initramfs.c). A kernel that needs no modules takes the guest as it is.
 */
export async function initrdFor(
  guest: MicroGuest,
  kernel: BootableKernel,
  cache: ImageCache,
  report: Report,
): Promise<string> {
  if (kernel.modulesCpio === undefined) return guest.initramfs
  const modules = readFileSync(kernel.modulesCpio)
  const dir = await cached(
    cache,
    `initrd-${kernel.release}-${cacheKey(guest.sha256, modules)}`,
    report,
    async (partial) => {
      writeFileSync(join(partial, 'initrd'), Buffer.concat([readFileSync(guest.initramfs), modules]))
    },
  )
  return join(dir, 'initrd')
}
