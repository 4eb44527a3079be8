/** Takes one file out of an initramfs that image/cpio.ts has written. Pure. */
import { Trouble } from '../base/errors.ts'

const HEADER_BYTES = 110
const MAGIC = '070701'

/** The content of the file at `path` (absolute in the guest). Throws `Trouble` when it is not in the archive. */
export function fileIn(archive: Buffer, path: string): Buffer {
  for (let at = 0; at + HEADER_BYTES <= archive.length;) {
    const head = archive.toString('latin1', at, at + HEADER_BYTES)
    if (!head.startsWith(MAGIC))
      throw new Trouble('image.initrd', `no header of a newc archive at byte ${at}`)
    // Eight hex digits a field: the sixth is the size of the content, the eleventh that of the name with its NUL.
    const field = (number: number) => Number.parseInt(head.slice(6 + 8 * number, 14 + 8 * number), 16)
    const nameEnd = at + HEADER_BYTES + field(11)
    const contentAt = padded(nameEnd)
    const contentEnd = contentAt + field(6)
    const name = archive.toString('utf8', at + HEADER_BYTES, nameEnd - 1)
    if (`/${name}` === path) return archive.subarray(contentAt, contentEnd)
    if (name === 'TRAILER!!!') break
    at = padded(contentEnd)
  }
  throw new Trouble('image.initrd', `there is no ${path} in the archive`)
}

function padded(offset: number): number {
  return Math.ceil(offset / 4) * 4
}
