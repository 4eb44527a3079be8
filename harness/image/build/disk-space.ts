/** Is there room for a kernel tree? Asked before anything is unpacked. */
import { statfsSync } from 'node:fs'
import { Trouble } from '../../base/errors.ts'

/** Bytes in a gibibyte. */
export const GIB = 1024 ** 3

/** Throws lasting `Trouble` when the file system of `dir` has less free than `bytes`; `what` is to be done there. */
export function needDisk(dir: string, bytes: number, what: string, free = freeBytes(dir)): void {
  if (free >= bytes) return
  const gib = (value: number) => (value / GIB).toFixed(1)
  throw new Trouble(
    'build.disk',
    `${what} needs ${gib(bytes)} GiB in ${dir}, and ${gib(free)} GiB are free`,
    {
      hint: 'free some space (irqlab image prune empties the cache), or set IRQLAB_CACHE to another directory',
      lasting: true,
    },
  )
}

function freeBytes(dir: string): number {
  const { bavail, bsize } = statfsSync(dir)
  return bavail * bsize
}
