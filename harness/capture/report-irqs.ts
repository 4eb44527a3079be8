/** The irqs of a stranger's report as the files of a capture: masks, counters, and what does not change. */
import { CpuMask } from '../irq/cpu-mask.ts'
import { messageOf } from '../base/errors.ts'
import { linesOf, type Machine } from './machine.ts'

const IRQ_FILE = /^proc\/irq\/(\d+)\/(\w+)$/

/** `path:line` for each line of each file, as the collecting script writes them. */
export function textsOf({ files }: Machine, is: (path: string) => boolean): string {
  const lines: string[] = []
  for (const [path, text] of files) {
    if (!is(path)) continue
    const all = text.toString('latin1').split('\n')
    if (all.at(-1) === '') all.pop()
    for (const line of all) lines.push(`${path}:${line}\n`)
  }
  return lines.join('')
}

/** The masks, as lists; where only the hexadecimal form was taken it is put into the other. `defect` hears of what is malformed. */
export function maskTexts(machine: Machine, defect: (words: string) => void): string {
  const lines: string[] = []
  const known = new Map<string, string>()
  for (const [path, text] of machine.files) {
    const [, irq, name] = IRQ_FILE.exec(path) ?? []
    if (irq === undefined || name === undefined) continue
    const line = text.toString('latin1').split('\n')[0] ?? ''
    if (name === 'smp_affinity_list' || name === 'effective_affinity_list') lines.push(`${path}:${line}\n`)
    if ((name !== 'smp_affinity' && name !== 'effective_affinity') || machine.files.has(`${path}_list`))
      continue
    try {
      const list = known.get(line) ?? CpuMask.fromHex(line, path).toList()
      known.set(line, list)
      lines.push(`${path}_list:${list}\n`)
    } catch (error) {
      defect(messageOf(error))
    }
  }
  return lines.join('')
}

/**
 * Irqs whose mask user space may not write: since 6.12 the mode of the file says so. Where no mask may be written the modes are those of
 * the archive and not of the machine.
 */
export function fixedTexts({ files, readOnly }: Machine): string {
  const masks = [...files.keys()].filter((path) => /^proc\/irq\/\d+\/smp_affinity_list$/.test(path))
  const fixed = masks.filter((path) => readOnly.has(path))
  return fixed.length === masks.length ? '' : fixed.map((path) => `${path}\n`).join('')
}

/**
 * Counters that can be parsed: up to 4.x the kernel printed irqchip and flow in one word (`PCI-MSI-edge`), as crash(8) still does. A line
 * that the end of the file cuts is left out.
 */
export function countersText(text: Buffer, defect: (words: string) => void): Buffer {
  const end = text.lastIndexOf('\n') + 1
  if (end < text.length) defect('proc/interrupts ends within a line; the line is left out')
  const whole = text.subarray(0, end)
  if (!/^ *\d+:/m.test(whole.toString('latin1', 0, FIRST_ROWS)))
    defect('proc/interrupts has no row of an irq')
  if (!['MSI-edge', 'APIC-edge', 'APIC-fasteoi', 'APIC-level'].some((word) => whole.includes(word)))
    return whole
  return Buffer.from(
    whole.toString('latin1').replaceAll(/^( *\d+:(?: +\d+)+ +\S+?)-(edge|level|fasteoi)(?= )/gm, '$1 -$2'),
    'latin1',
  )
}

/** Header and first row of the largest machine fit into it. */
const FIRST_ROWS = 256 * 1024

/** Sum of all that the counters say: of two copies the later one has the greater. */
export function countersSum(text: Buffer): number {
  let sum = 0
  for (const line of linesOf(text)) {
    const counts = /^\s*\w+:((?:\s+\d+)+)/.exec(line)?.[1]
    for (const count of counts?.trim().split(/\s+/) ?? []) sum += Number(count)
  }
  return sum
}

/**
 * How often each irq fired on all CPUs together, from the line `intr` of /proc/stat (fs/proc/stat.c:show_stat, 2.6 to 7.3): read at another
 * moment than /proc/interrupts, it is a second look at the counters, and the only one that a sosreport has.
 */
export function totalsText({ files }: Machine): string {
  const [, numbers] = /^intr \d+((?: \d+)+)$/m.exec(files.get('proc/stat')?.toString('latin1') ?? '') ?? []
  if (numbers === undefined) return ''
  return numbers
    .trim()
    .split(' ')
    .flatMap((count, irq) =>
      files.has(`proc/irq/${irq}/smp_affinity_list`) ? [`proc/stat/${irq}:${count}\n`] : [],
    )
    .join('')
}
