/**
 * A program for the guest that makes its kernel's random number generator start anew (ioctl RNDRESEEDCRNG, drivers/char/random.c,
 * since 4.17): two guests from one snapshot would else give out the same numbers for seconds (seen on 6.1). No small
 * program in Debian makes that one call, so it is put together here: 43 bytes of code.
 */

/** The whole of it: open(2), ioctl(2), exit(2) with the errno of the ioctl. */
const CODE = [
  [0xb8, 0x02, 0x00, 0x00, 0x00], // mov eax, 2 (open)
  [0x48, 0x8d, 0x3d, 0x1f, 0x00, 0x00, 0x00], // lea rdi, [rip + 0x1f] (the path behind the code)
  [0x31, 0xf6], // xor esi, esi (O_RDONLY)
  [0x0f, 0x05], // syscall
  [0x89, 0xc7], // mov edi, eax
  [0xb8, 0x10, 0x00, 0x00, 0x00], // mov eax, 16 (ioctl)
  [0xbe, 0x07, 0x52, 0x00, 0x00], // mov esi, 0x5207 (RNDRESEEDCRNG, include/uapi/linux/random.h)
  [0x31, 0xd2], // xor edx, edx
  [0x0f, 0x05], // syscall
  [0x89, 0xc7], // mov edi, eax
  [0xf7, 0xdf], // neg edi
  [0xb8, 0x3c, 0x00, 0x00, 0x00], // mov eax, 60 (exit)
  [0x0f, 0x05], // syscall
].flat()
const PATH = '/dev/urandom\0'

const LOADED_AT = 0x400000n
const HEADER_BYTES = 64
const PROGRAM_HEADER_BYTES = 56

/** A static x86-64 ELF file (System V ABI: one header, one loaded segment). */
export function reseedProgram(): Buffer {
  const body = Buffer.concat([Buffer.from(CODE), Buffer.from(PATH)])
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
