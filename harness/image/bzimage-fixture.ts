/** A file that has the boot header of a kernel and nothing else: for the tests of what reads it. */

/** What of the header a test may want otherwise. */
export interface FakeBzImage {
  readonly release?: string
  readonly protocol?: number
  readonly xloadflags?: number
  /** Put where the header says that the compressed kernel is. */
  readonly payload?: Buffer
}

/** Offsets as in linux: Documentation/arch/x86/boot.rst. One setup sector after the boot sector. */
export function fakeBzImage({
  release = '6.1.0-1-test',
  protocol = 0x20f,
  xloadflags = 1,
  payload,
}: FakeBzImage = {}): Buffer {
  const head = Buffer.alloc(1024)
  head.writeUInt8(1, 0x1f1)
  head.writeUInt32LE(1, 0x1f4)
  head.writeUInt16LE(0xaa55, 0x1fe)
  head.write('HdrS', 0x202, 'latin1')
  head.writeUInt16LE(protocol, 0x206)
  head.writeUInt16LE(0x100, 0x20e)
  head.writeUInt16LE(xloadflags, 0x236)
  head.writeUInt32LE(16, 0x248)
  head.writeUInt32LE(payload?.length ?? 0, 0x24c)
  head.write(`${release} (me@here) #1 SMP\0`, 0x300, 'latin1')
  return Buffer.concat([head, Buffer.alloc(16), payload ?? Buffer.alloc(0)])
}
