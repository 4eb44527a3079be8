/**
 * What does crash(8) say of interrupts? Its `irq -a`, `irq -s` and `sys`, and whole sessions of it (crash 6 to 8: kernel.c:cmd_irq,
 * generic_get_irq_affinity, generic_show_interrupts, display_sys_stats).
 */
import { linesOf } from './machine.ts'

/** The sections of a session: what was typed after each prompt, and what it printed. Undefined when the text is no session. */
export function crashSections(
  text: string,
): readonly { readonly command: string; readonly output: string }[] | undefined {
  const parts = text.split(/^crash(?:_[\w-]+)?> ?(.*)$/m)
  if (parts.length < 3) return undefined
  return parts.flatMap((part, at) =>
    at % 2 === 1 ? [{ command: part.trim(), output: (parts[at + 1] ?? '').replace(/^\n/, '') }] : [],
  )
}

/**
 * `irq -a` as lines of masks. It reads the affinity of each irq in its kernel structure, which is the mask that was made last: of a request
 * that waits it knows nothing.
 */
export function crashMasks(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [, irq, mask] = /^\s*(\d{1,7}) .*?\s(\d[\d,-]*)\s*$/.exec(line) ?? []
    return irq === undefined ? [] : [`proc/irq/${irq}/smp_affinity_list:${mask}`]
  })
}

/** `sys`: the release, its build, and the CPUs that were online (`CPUS: 4 [OFFLINE: 1]`). */
export function crashSystem(text: Buffer): ReadonlyMap<string, string> {
  const said = new Map<string, string>()
  for (const line of linesOf(text)) {
    const [, name, value] = /^\s*([A-Z][A-Z ]*): (.*)$/.exec(line) ?? []
    if (name !== undefined && value !== undefined) said.set(name, value.trim())
  }
  return said
}
