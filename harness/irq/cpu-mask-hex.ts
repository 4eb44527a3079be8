/** The hexadecimal form of a CPU mask, `ff,00000001`: groups of 32 CPUs, the highest first. */
import { MalformedText } from './malformed-text.ts'

const groupBits = 32
const groupDigits = groupBits / 4

/**
 * Reads a mask into CPU numbers, ascending. One trailing newline is allowed. Every group but the first must have
 * its eight digits, as the kernel prints them: a short one means lost digits. Throws `MalformedText`.
 */
export function parseHexMask(
  text: string,
  source: string,
  rules: { readonly cpuCountMax: number },
): readonly number[] {
  const mask = text.endsWith('\n') ? text.slice(0, -1) : text
  if (!/^[0-9a-f]{1,8}(?:,[0-9a-f]{8})*$/i.test(mask)) {
    throw new MalformedText(source, 1, mask, 'not groups of eight hexadecimal digits')
  }
  const cpus: number[] = []
  for (const [at, group] of mask.split(',').toReversed().entries()) {
    const bits = Number.parseInt(group, 16)
    for (let bit = 0; bit < groupBits; bit++) {
      if ((bits >>> bit) & 1) cpus.push(at * groupBits + bit)
    }
  }
  const last = cpus.at(-1) ?? 0
  if (last >= rules.cpuCountMax) {
    throw new MalformedText(source, 1, mask, `CPU ${last} is beyond ${rules.cpuCountMax - 1}`)
  }
  return cpus
}

/**
 * The mask of these CPUs (ascending). With `cpuCount` padded as the kernel prints it for that many possible CPUs
 * (lib/vsprintf.c:bitmap_string), else without leading zeros.
 */
export function formatHexMask(cpus: readonly number[], cpuCount?: number): string {
  const bitCount = cpuCount ?? (cpus.at(-1) ?? 0) + 1
  const groups = Array.from({ length: Math.ceil(bitCount / groupBits) }, () => 0)
  for (const cpu of cpus) {
    const at = Math.floor(cpu / groupBits)
    groups[at] = ((groups[at] ?? 0) | (1 << (cpu % groupBits))) >>> 0
  }
  const firstDigits = Math.ceil((bitCount - (groups.length - 1) * groupBits) / 4)
  return groups
    .toReversed()
    .map((bits, at) => bits.toString(16).padStart(at === 0 ? firstDigits : groupDigits, '0'))
    .join(',')
}
