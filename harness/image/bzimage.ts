/** Is this file a kernel that QEMU can boot, and which release is it? Read from the x86 boot header. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** What the header says, or why the file is none. */
export type BzImageHeader =
  | {
      readonly ok: true
      readonly release: string
      /** A file with fewer bytes is cut off. */
      readonly sizeMin: number
      readonly payload: { readonly offset: number; readonly length: number }
    }
  | { readonly ok: false; readonly why: string }

/** XLF_KERNEL_64: the kernel has the 64-bit entry point (linux: Documentation/arch/x86/boot.rst, xloadflags). */
const kernel64 = 1

/**
 * Reads the header of the file at `path` (linux: arch/x86/boot/header.S; boot.rst for the offsets).
 * A file that is no bootable 64-bit kernel gives `ok: false` with a few words on what it is. Throws what open(2) throws.
 */
export function readBzImageHeader(path: string): BzImageHeader {
  const head = Buffer.alloc(0x8000)
  const fd = openSync(path, 'r')
  try {
    const header = parseBzImageHeader(head.subarray(0, readSync(fd, head, 0, head.length, 0)))
    const size = fstatSync(fd).size
    if (!header.ok || size >= header.sizeMin) return header
    return { ok: false, why: `it is cut off: it has ${size} of at least ${header.sizeMin} bytes` }
  } finally {
    closeSync(fd)
  }
}

/** The same, from the first 32 KiB of the file. */
export function parseBzImageHeader(head: Buffer): BzImageHeader {
  const other = whatElse(head)
  if (other !== undefined) return { ok: false, why: other }
  if (
    head.length < 0x268 ||
    head.readUInt16LE(0x1fe) !== 0xaa55 ||
    head.toString('latin1', 0x202, 0x206) !== 'HdrS'
  ) {
    return { ok: false, why: 'it has no x86 boot header, give arch/x86/boot/bzImage' }
  }
  // xloadflags came with protocol 2.12 (Linux 3.8); below it the field is something else.
  if (head.readUInt16LE(0x206) < 0x20c || (head.readUInt16LE(0x236) & kernel64) === 0) {
    return { ok: false, why: 'it is a 32-bit kernel, irqlab boots x86-64 only' }
  }
  const release = releaseOf(head)
  if (release === undefined) return { ok: false, why: 'its boot header names no release' }
  const setupSectors = head.readUInt8(0x1f1) || 4
  const setup = (setupSectors + 1) * 512
  const offset = setup + head.readUInt32LE(0x248)
  const length = head.readUInt32LE(0x24c)
  // syssize counts what follows the setup code in units of 16 bytes; a signature may follow that.
  const sizeMin = Math.max(setup + head.readUInt32LE(0x1f4) * 16, offset + length)
  return { ok: true, release, sizeMin, payload: { offset, length } }
}

/** `kernel_version` points to "RELEASE (builder) #1 SMP ..."; zero means that there is none. */
function releaseOf(head: Buffer): string | undefined {
  const pointer = head.readUInt16LE(0x20e)
  if (pointer === 0) return undefined
  const text = head.toString('latin1', pointer + 0x200, pointer + 0x200 + 256)
  return /^([0-9]+\.[0-9]+[\w.+~:-]*)[ \0]/.exec(text)?.[1]
}

/** Files that are often given by mistake, told by their first bytes. */
function whatElse(head: Buffer): string | undefined {
  if (head.length === 0) return 'it is empty'
  if (head.toString('latin1', 0, 4) === '\x7fELF')
    return 'it is an ELF image (vmlinux?), give arch/x86/boot/bzImage'
  if (head[0] === 0x1f && head[1] === 0x8b) return 'it is gzip data, give arch/x86/boot/bzImage'
  if (head.toString('latin1', 0, 7) === '!<arch>') return 'it is a .deb package, give it as deb:FILE'
  // An arm64 Image may carry the "MZ" of EFI as well; its own magic is at 0x38.
  if (head.length > 0x3c && head.toString('latin1', 0x38, 0x3c) === 'ARMd') return 'it is an arm64 kernel'
  return undefined
}
