/** The smallest file that the kernel runs: machine code of ours in a static x86-64 ELF file. */

const LOADED_AT = 0x400000n
const HEADER_BYTES = 64
const PROGRAM_HEADER_BYTES = 56

/** The file (System V ABI: one header, one loaded segment); it starts with the first byte of `body`, and may not write to it. */
export function elfProgram(body: Buffer): Buffer {
  const head = Buffer.alloc(HEADER_BYTES + PROGRAM_HEADER_BYTES)
  const size = BigInt(head.length + body.length)
  // 64-bit, little-endian, version 1
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  head.writeUInt16LE(2, 16) // e_type ET_EXEC
  head.writeUInt16LE(62, 18) // e_machine EM_X86_64
  head.writeUInt32LE(1, 20) // e_version
  head.writeBigUInt64LE(LOADED_AT + BigInt(head.length), 24) // e_entry
  head.writeBigUInt64LE(BigInt(HEADER_BYTES), 32) // e_phoff
  head.writeUInt16LE(HEADER_BYTES, 52) // e_ehsize
  head.writeUInt16LE(PROGRAM_HEADER_BYTES, 54) // e_phentsize
  head.writeUInt16LE(1, 56) // e_phnum
  head.writeUInt32LE(1, 64) // p_type PT_LOAD
  head.writeUInt32LE(5, 68) // p_flags: read and execute
  head.writeBigUInt64LE(LOADED_AT, 80) // p_vaddr
  head.writeBigUInt64LE(LOADED_AT, 88) // p_paddr
  head.writeBigUInt64LE(size, 96) // p_filesz
  head.writeBigUInt64LE(size, 104) // p_memsz
  head.writeBigUInt64LE(4096n, 112) // p_align
  return Buffer.concat([head, body])
}
