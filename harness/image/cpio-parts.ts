/** What is in an initramfs? Reads the "newc" archives that follow each other in one, as the kernel does (linux: init/initramfs.c). */
import { Trouble } from '../base/errors.ts'

const HEAD = 110
const TRAILER = 'TRAILER!!!'

/** One member of an archive. */
export interface CpioMember {
  /** Without a slash in front. */
  readonly name: string
  /** Header, name and content, with what pads them. */
  readonly bytes: Buffer
}

/** The members of the first archive, its length with what pads it to the next one, and what follows. Throws `Trouble`. */
export function firstArchive(initramfs: Buffer): {
  readonly members: readonly CpioMember[]
  readonly length: number
} {
  const members: CpioMember[] = []
  for (let at = 0; ;) {
    const head = initramfs.toString('latin1', at, at + HEAD)
    const field = (index: number) => parseInt(head.slice(6 + 8 * index, 14 + 8 * index), 16)
    const [size, nameLength] = [field(6), field(11)]
    if (!/^070701[0-9a-fA-F]{104}$/.test(head))
      throw new Trouble('image.initrd', `no cpio archive at byte ${at}`)
    const content = padded(at + HEAD + nameLength, 4)
    const end = padded(content + size, 4)
    if (end > initramfs.length) throw new Trouble('image.initrd', 'the cpio archive is cut')
    const name = initramfs.toString('utf8', at + HEAD, at + HEAD + nameLength - 1)
    if (name === TRAILER) return { members, length: Math.min(padded(end, 512), initramfs.length) }
    members.push({ name, bytes: initramfs.subarray(at, end) })
    at = end
  }
}

function padded(length: number, unit: number): number {
  return Math.ceil(length / unit) * unit
}
