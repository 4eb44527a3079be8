/** How often did one irq fire on each CPU? Reads /sys/kernel/irq/N/per_cpu_count. */
import { MalformedText, wholeLines } from './malformed-text.ts'

/** Counters of an irq are 32 bits wide and wrap. */
export const countLimit = 2 ** 32

/**
 * Reads the counts of one irq, one for each *possible* CPU, so that the place in the list is the CPU's number
 * whatever is online (kernel/irq/irqdesc.c:per_cpu_count_show, 5.10 to 7.3). Throws `MalformedText`.
 */
export function parsePerCpuCount(text: string, source = 'per_cpu_count'): readonly number[] {
  const [line = '', ...rest] = wholeLines(source, text)
  if (rest.length > 0)
    throw new MalformedText(source, 2, rest[0] ?? '', 'a second line, where one was expected')
  return line.split(',').map((item) => {
    const count = parseCount(item)
    if (count === undefined) throw new MalformedText(source, 1, line, `"${item}" is not a 32-bit count`)
    return count
  })
}

/** A counter as the kernel prints it: decimal digits, no leading zero, below 2^32. Undefined for anything else. */
export function parseCount(digits: string): number | undefined {
  if (!/^(?:0|[1-9]\d{0,9})$/.test(digits)) return undefined
  const count = Number(digits)
  return count < countLimit ? count : undefined
}
