/** What goes behind `-initrd`? The guest's archive with the modules of one kernel, and more: QEMU takes a single file. */
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { cacheKey, cached } from './cache.ts'
import type { ImageCache, Report } from './cache.ts'
import { cpioArchive } from './cpio.ts'
import type { GuestImage } from './guest-image.ts'
import type { BootableKernel } from './kernel.ts'

/** What of a guest is in it. */
type Unpacked = Pick<GuestImage, 'initramfs' | 'diskInit' | 'sha256'>

/**
 * The path of the initrd for this pair, put together first when it is not in the cache. The kernel unpacks archives that
 * follow each other one after the other, and a later file takes the place of an earlier one (linux: init/initramfs.c). A
 * kernel that needs no modules takes the micro guest as it is.
 */
export async function initrdFor(
  guest: Unpacked,
  kernel: Pick<BootableKernel, 'modulesCpio' | 'release'>,
  cache: ImageCache,
  report: Report,
): Promise<string> {
  const modules = kernel.modulesCpio === undefined ? [] : [readFileSync(kernel.modulesCpio)]
  const first = guest.diskInit === undefined ? [] : [initArchive(guest.diskInit)]
  const more = [...modules, ...first]
  if (more.length === 0) return guest.initramfs
  // The archive below another first program is named by the hash of what is in it.
  const below = guest.diskInit === undefined ? [] : [basename(dirname(guest.initramfs))]
  const name = `initrd-${kernel.release}-${cacheKey(guest.sha256, ...more, ...below)}`
  const dir = await cached(cache, name, report, async (partial) => {
    writeFileSync(join(partial, 'initrd'), Buffer.concat([readFileSync(guest.initramfs), ...more]))
  })
  return join(dir, 'initrd')
}

function initArchive(init: string): Buffer {
  return cpioArchive([{ kind: 'file', path: '/init', content: Buffer.from(init), mode: 0o755 }])
}
