/**
 * A program for the guest that makes its kernel's random number generator start anew (ioctl RNDRESEEDCRNG, drivers/char/random.c,
 * since 4.17): two guests from one snapshot would else give out the same numbers for seconds (seen on 6.1). No small
 * program in Debian makes that one call, so it is put together here: 43 bytes of code.
 */

import { elfProgram } from './elf-program.ts'

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

/** The program, as a file. */
export function reseedProgram(): Buffer {
  return elfProgram(Buffer.concat([Buffer.from(CODE), Buffer.from(PATH)]))
}
