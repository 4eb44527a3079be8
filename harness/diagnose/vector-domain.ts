/** How many vectors has each CPU left? Reads debugfs irq/domains/VECTOR. */
import { fileLines } from './file-lines.ts'

/**
 * By the CPU; undefined where the text is absent or has no such table. arch/x86/kernel/apic/vector.c:x86_vector_debug_show prints
 * ` | CPU | avl | man | mac | act | vectors` and a row for each online CPU by kernel/irq/matrix.c:irq_matrix_debug_show (5.10 to 7.3).
 */
export function parseVectorDomain(text: Buffer | undefined): ReadonlyMap<number, number> | undefined {
  const left = new Map<number, number>()
  for (const { value } of fileLines(text)) {
    const [, cpu, available] = /^\s+(\d+)\s+(\d+)\s+\d+\s+\d+\s+\d+(?:\s|$)/.exec(value) ?? []
    if (cpu !== undefined) left.set(Number(cpu), Number(available))
  }
  return left.size === 0 ? undefined : left
}
