/** How large is what a run reads? The initrd, the kernel, and the memory of a guest that was put aside. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { Trouble } from '../base/errors.ts'
import type { ReadyKernel } from '../campaign/run-campaign.ts'
import { MEMORY_FILE } from '../guest/snapshot.ts'
import { type CachedImage, listImages, openCache } from '../image/cache.ts'

/** In MB as they are used on the disk: a sparse file counts for what it holds. */
export interface Sizes {
  readonly initrdMb: number
  readonly bzImageMb: number
  readonly snapshotMb: number
}

/** st_blocks counts these, whatever the file system's own block is (stat(2)). */
const BLOCK_BYTES = 512

/** The sizes for this kernel, after a warm run on this machine. Throws `Trouble` when no guest was put aside. */
export function sizesOf(kernel: ReadyKernel, machine: string): Sizes {
  const label = `warm-${kernel.release}-${machine}-`
  const snapshot = lastUsed(listImages(openCache()), label)
  if (snapshot === undefined) throw new Trouble('bench.sizes', `no guest was put aside as ${label}*`)
  return {
    initrdMb: usedMb(kernel.initrd),
    bzImageMb: usedMb(kernel.bzImage),
    snapshotMb: usedMb(join(snapshot.path, MEMORY_FILE)),
  }
}

/** Of the images whose names begin so, the one that a run asked for last: the run that we have just made. */
export function lastUsed(images: readonly CachedImage[], label: string): CachedImage | undefined {
  return images
    .filter(({ name }) => name.startsWith(label))
    .toSorted((a, b) => b.usedAt.getTime() - a.usedAt.getTime())[0]
}

/** Megabytes that a file takes up on its disk. */
export function usedMb(path: string): number {
  return (statSync(path).blocks * BLOCK_BYTES) / 1e6
}
