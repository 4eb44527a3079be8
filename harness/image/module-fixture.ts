/** A file that is a kernel module as far as its .modinfo section goes: for the tests of what reads it. */

/** What the module says of itself. */
export interface FakeModule {
  readonly name: string
  readonly depends?: string
  readonly release?: string
}

/** An ELF64 object with the sections "", .text, .modinfo and .shstrtab, in the layout that `as` makes. */
export function fakeModule({ name, depends = '', release = '6.1.0-1-test' }: FakeModule): Buffer {
  const facts = [
    'license=GPL',
    `depends=${depends}`,
    'retpoline=Y',
    `name=${name}`,
    `vermagic=${release} SMP preempt mod_unload `,
  ]
  const info = Buffer.from(`${facts.join('\0')}\0`)
  const names = Buffer.from('\0.text\0.modinfo\0.shstrtab\0')
  const text = Buffer.from('depends=not_this_one\0')
  const header = Buffer.alloc(64)
  header.write('\x7fELF\x02\x01\x01', 0, 'latin1')
  const body = Buffer.concat([header, text, info, names])
  header.copy(body)
  const at = { text: 64, info: 64 + text.length, names: 64 + text.length + info.length }
  body.writeBigUInt64LE(BigInt(body.length), 0x28)
  body.writeUInt16LE(64, 0x3a)
  body.writeUInt16LE(4, 0x3c)
  body.writeUInt16LE(3, 0x3e)
  const sections = [section(0, 0, 0), section(1, at.text, text.length), section(7, at.info, info.length)]
  return Buffer.concat([body, ...sections, section(16, at.names, names.length)])
}

function section(name: number, offset: number, size: number): Buffer {
  const entry = Buffer.alloc(64)
  entry.writeUInt32LE(name, 0)
  entry.writeBigUInt64LE(BigInt(offset), 0x18)
  entry.writeBigUInt64LE(BigInt(size), 0x20)
  return entry
}
