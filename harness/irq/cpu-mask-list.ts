/** The list form of a CPU mask, `0-3,8`: as the kernel prints and reads it, without the strides nobody writes. */
import { MalformedText } from './malformed-text.ts'

/**
 * Reads a list into CPU numbers, in the order of the text. One trailing newline is allowed.
 * Throws `MalformedText` for anything else than numbers and ascending ranges below `cpuCountMax`.
 */
export function parseCpuList(
  text: string,
  source: string,
  rules: { readonly cpuCountMax: number; readonly emptyAllowed: boolean },
): readonly number[] {
  const list = text.endsWith('\n') ? text.slice(0, -1) : text
  const refuse = (what: string): MalformedText => new MalformedText(source, 1, list, what)
  if (list === '') {
    if (rules.emptyAllowed) return []
    throw refuse('an empty list of CPUs')
  }
  const cpus: number[] = []
  for (const part of list.split(',')) {
    const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part)
    if (!match) throw refuse(`"${part}" is neither a CPU number nor a range of them`)
    const first = Number(match[1])
    const last = Number(match[2] ?? first)
    if (last < first) throw refuse(`the range ${part} is reversed`)
    if (last >= rules.cpuCountMax) throw refuse(`CPU ${last} is beyond ${rules.cpuCountMax - 1}`)
    for (let cpu = first; cpu <= last; cpu++) cpus.push(cpu)
  }
  return cpus
}

/** The list of these CPUs (ascending, each once) as the kernel prints it (lib/vsprintf.c:bitmap_list_string). */
export function formatCpuList(cpus: readonly number[]): string {
  const parts: string[] = []
  let first: number | undefined
  for (const [at, cpu] of cpus.entries()) {
    first ??= cpu
    if (cpus[at + 1] === cpu + 1) continue
    parts.push(first === cpu ? `${cpu}` : `${first}-${cpu}`)
    first = undefined
  }
  return parts.join(',')
}
