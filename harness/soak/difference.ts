/** Where do two kernels part, told the same acts? Pure. */

/** What one kernel did, act by act. */
export interface Told {
  readonly kernel: string
  readonly lines: readonly string[]
}

/** Lines before the first difference that say where one is. */
const CONTEXT = 2

/** What is different between the first kernel and each other, for a person; empty when nothing is. */
export function differences(told: readonly Told[]): readonly string[] {
  const [first, ...others] = told
  if (first === undefined) return []
  return others.flatMap((other) => {
    const length = Math.max(first.lines.length, other.lines.length)
    const parts = Array.from({ length }, (_, at) => at).filter((at) => first.lines[at] !== other.lines[at])
    const [at] = parts
    if (at === undefined) return []
    return [
      `${other.kernel} differs from ${first.kernel} in ${parts.length} of ${length} lines, first in line ${at + 1}:`,
      ...first.lines.slice(Math.max(0, at - CONTEXT), at).map((line) => `    ${line}`),
      `  - ${first.lines[at] ?? 'nothing more'}`,
      `  + ${other.lines[at] ?? 'nothing more'}`,
    ]
  })
}
