/** What does a kernel module say of itself? Its .modinfo section, which insmod does not need but we do. */

/** The facts that decide where and when a module can be loaded. */
export interface ModuleInfo {
  /** With underscores, as the kernel spells it. */
  readonly name: string
  /** Names of the modules that must be loaded before, with underscores. */
  readonly depends: readonly string[]
  /** The release that it was built for: the first word of `vermagic`. */
  readonly release: string
}

/**
 * Reads the .modinfo section of an x86-64 ELF object: `key=value` texts, each ended by a zero byte (linux:
 * include/linux/moduleparam.h, scripts/mod/modpost.c). Throws `Error` with a few words when the file is no such thing.
 */
export function parseModuleInfo(elf: Buffer): ModuleInfo {
  const facts = new Map<string, string>()
  for (const text of sectionOf(elf, '.modinfo').toString('latin1').split('\0')) {
    const at = text.indexOf('=')
    if (at > 0 && !facts.has(text.slice(0, at))) facts.set(text.slice(0, at), text.slice(at + 1))
  }
  const name = facts.get('name')
  const release = facts.get('vermagic')?.split(' ')[0]
  if (!name || !release) throw new Error('its .modinfo has no name or no vermagic')
  const depends = (facts.get('depends') ?? '').split(',').filter((item) => item !== '')
  return { name: moduleName(name), depends: depends.map(moduleName), release }
}

/** The kernel treats `-` and `_` in module names alike and prefers the underscore. */
export function moduleName(text: string): string {
  return text.replaceAll('-', '_')
}

/** The bytes of one section of a little-endian ELF64 file (System V ABI, ELF-64 object file format). */
function sectionOf(elf: Buffer, wanted: string): Buffer {
  if (elf.length < 64 || elf.toString('latin1', 0, 6) !== '\x7fELF\x02\x01')
    throw new Error('it is no 64-bit ELF file')
  const table = Number(elf.readBigUInt64LE(0x28))
  const [entrySize, count, namesIndex] = [
    elf.readUInt16LE(0x3a),
    elf.readUInt16LE(0x3c),
    elf.readUInt16LE(0x3e),
  ]
  if (table + entrySize * count > elf.length) throw new Error('its section table is cut off')
  const section = (index: number): Buffer => {
    const at = table + index * entrySize
    const offset = Number(elf.readBigUInt64LE(at + 0x18))
    return elf.subarray(offset, offset + Number(elf.readBigUInt64LE(at + 0x20)))
  }
  const names = section(namesIndex)
  for (let index = 0; index < count; index += 1) {
    const start = elf.readUInt32LE(table + index * entrySize)
    if (names.toString('latin1', start, names.indexOf(0, start)) === wanted) return section(index)
  }
  throw new Error(`it has no ${wanted} section`)
}
