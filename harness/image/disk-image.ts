/** What kind of disk image is a file? Told by its own first bytes: QEMU must never guess what a guest can write. */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { messageOf, UsageError } from '../base/errors.ts'

/** QEMU's names of the formats that are taken. */
export type DiskFormat = 'qcow2' | 'raw'

/** Enough for the headers of all formats, and for the first sectors of a raw disk. */
const HEAD_BYTES = 2048

/** Of other formats: what they begin with, and what they are called. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['KDMV', 'vmdk'],
  ['# Disk DescriptorFile', 'vmdk'],
  ['vhdxfile', 'vhdx'],
  ['conectix', 'vhd'],
  ['<<< ', 'vdi'],
]

const QCOW2_MAGIC = 'QFI\xfb'
/** qcow2's header (docs/interop/qcow2.txt of QEMU): where it says that part of the image is in another file. */
const BACKING_FILE_AT = 8
const INCOMPATIBLE_AT = 72
const EXTERNAL_DATA = 4n

/**
 * The format of the image at `path`; `given` is what the user wrote, for messages. Throws `UsageError` for what is no image, for
 * a format that has to be converted, and for a qcow2 that reads other files: a stranger's image could name any of ours.
 */
export function diskFormatOf(path: string, given: string): DiskFormat {
  const refuse = (why: string) => new UsageError(`--guest ${given}: ${why}`)
  let head: Buffer
  try {
    if (!statSync(path).isFile()) throw refuse(`${path} is no file`)
    head = headOf(path)
  } catch (error) {
    throw error instanceof UsageError ? error : refuse(messageOf(error))
  }
  const starts = (magic: string) => head.toString('latin1', 0, magic.length) === magic
  if (starts(QCOW2_MAGIC)) {
    if (head.length < 104) throw refuse('the qcow2 is cut: its header is not whole')
    const version = head.readUInt32BE(4)
    const isSplit = version >= 3 && (head.readBigUInt64BE(INCOMPATIBLE_AT) & EXTERNAL_DATA) !== 0n
    if (head.readBigUInt64BE(BACKING_FILE_AT) !== 0n || isSplit)
      throw refuse(`part of it is in another file: make it whole, by qemu-img convert -O qcow2 IMAGE WHOLE`)
    return 'qcow2'
  }
  const other = OTHERS.find(([magic]) => starts(magic))
  if (other !== undefined)
    throw refuse(`it is a ${other[1]}: convert it, by qemu-img convert -O qcow2 IMAGE NEW`)
  if (!isRawDisk(head))
    throw refuse('neither a qcow2 nor a raw disk: it has no boot sector and no file system')
  return 'raw'
}

/** A boot sector, or the superblock of ext2 to ext4, 1 KiB from the start. */
function isRawDisk(head: Buffer): boolean {
  if (head.length < HEAD_BYTES) return false
  return head.readUInt16LE(510) === 0xaa55 || head.readUInt16LE(1024 + 56) === 0xef53
}

function headOf(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    return head.subarray(0, readSync(file, head, 0, HEAD_BYTES, 0))
  } finally {
    closeSync(file)
  }
}
