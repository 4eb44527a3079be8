/**
 * Reading a word of kernel memory through /proc/kcore, which is an ELF core file of it. That is how the pending bit
 * of an irq descriptor is read on kernels without debugfs irq/. Pure: text in, offsets out.
 */
import { MalformedText } from '../irq/malformed-text.ts'

interface Segment {
  readonly virtualStart: bigint
  readonly virtualEnd: bigint
  readonly fileOffset: bigint
}

/** Where in /proc/kcore a kernel address is found. */
export interface KcoreMap {
  readonly segments: readonly Segment[]
}

/** Shell text that prints the head of /proc/kcore as 64-bit words, for `parseKcoreMap`. */
export const KCORE_HEAD_COMMAND = 'dd if=/proc/kcore bs=4096 count=1 2>/dev/null | od -An -v -tx8'

const ELF_MAGIC = 0x464c457fn
const PT_LOAD = 1n
const PROGRAM_HEADERS_AT = 64
const PROGRAM_HEADER_SIZE = 56

/** Reads the program headers from what `KCORE_HEAD_COMMAND` printed. Throws `MalformedText`. */
export function parseKcoreMap(text: string): KcoreMap {
  const words = text.trim().split(/\s+/)
  if (words.length < 12 || words.some((word) => !/^[0-9a-f]{16}$/.test(word))) {
    throw new MalformedText('/proc/kcore', 1, text.split('\n')[0] ?? '', 'not a dump of 64-bit words')
  }
  const head = new DataView(new ArrayBuffer(words.length * 8))
  words.forEach((word, at) => head.setBigUint64(at * 8, BigInt(`0x${word}`), true))
  if ((head.getBigUint64(0, true) & 0xffffffffn) !== ELF_MAGIC) {
    throw new MalformedText('/proc/kcore', 1, words[0] ?? '', 'not the head of an ELF file')
  }
  const count = head.getUint16(56, true)
  const segments: Segment[] = []
  for (let at = 0; at < count; at++) {
    const offset = PROGRAM_HEADERS_AT + at * PROGRAM_HEADER_SIZE
    if (offset + PROGRAM_HEADER_SIZE > head.byteLength) break
    if ((head.getBigUint64(offset, true) & 0xffffffffn) !== PT_LOAD) continue
    const virtualStart = head.getBigUint64(offset + 16, true)
    segments.push({
      virtualStart,
      virtualEnd: virtualStart + head.getBigUint64(offset + 40, true),
      fileOffset: head.getBigUint64(offset + 8, true),
    })
  }
  return { segments }
}

/** The offset in /proc/kcore of a kernel address; undefined when no segment holds it. */
export function kcoreOffset(map: KcoreMap, address: bigint): bigint | undefined {
  const segment = map.segments.find(
    ({ virtualStart, virtualEnd }) => address >= virtualStart && address < virtualEnd,
  )
  return segment === undefined ? undefined : segment.fileOffset + (address - segment.virtualStart)
}
