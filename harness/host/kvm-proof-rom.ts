/** What does the proof of KVM run? A firmware of a dozen instructions that counts down in a register and ends QEMU. */

/** How far the ROM counts down. Each count is two instructions. */
export const proofCounts = 2_000_000

/** The I/O port of isa-debug-exit that the ROM writes at the end. */
export const proofExitPort = 0xf4

/** What the ROM writes there. QEMU then ends with status `proofExitValue * 2 + 1` (hw/misc/debugexit.c). */
export const proofExitValue = 0x31

const romBytes = 65_536
const start = 0xff00
const resetVector = 0xfff0

/**
 * The image for `-bios` that counts down from `counts`, below 2^32: 64 KiB that end at 4 GiB, where an x86 CPU starts in 16-bit mode at the last 16 bytes
 * (Intel SDM vol. 3, "First Instruction Executed": CS base FFFF0000, IP FFF0). It touches no memory: no stack, no data.
 */
export function proofRom(counts = proofCounts): Buffer {
  const rom = Buffer.alloc(romBytes, 0xf4) // hlt: a stray jump stops instead of looking busy.
  const count = Buffer.alloc(4)
  count.writeUInt32LE(counts)
  const program = [
    'fa', //                            cli
    `66b9${count.toString('hex')}`, //  mov ecx, counts
    '6649', //                    loop: dec ecx
    '75fc', //                          jnz loop
    `b0${hexByte(proofExitValue)}`, //  mov al, proofExitValue
    `e6${hexByte(proofExitPort)}`, //   out proofExitPort, al
    'f4', //                      stop: hlt
    'ebfd', //                          jmp stop
  ]
  Buffer.from(program.join(''), 'hex').copy(rom, start)
  rom[resetVector] = 0xe9 // jmp start, relative to the next instruction
  rom.writeInt16LE(start - (resetVector + 3), resetVector + 1)
  return rom
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0')
}
