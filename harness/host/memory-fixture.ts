/** A memory for tests: what it holds can be looked at and changed. */
import type { Fact, Memory, Recollection } from './memory.ts'

/** A memory that lives as long as the test. */
export class FakeMemory implements Memory {
  /** By kind; conditions as JSON. */
  readonly kept = new Map<string, { conditions: string; value: unknown }>()

  recall({ kind, conditions }: Fact): Recollection | undefined {
    const found = this.kept.get(kind)
    if (found?.conditions !== JSON.stringify(conditions)) return undefined
    return { value: found.value, keptAt: '2026-01-02T03:04:05Z' }
  }

  keep({ kind, conditions }: Fact, value: unknown): void {
    this.kept.set(kind, { conditions: JSON.stringify(conditions), value })
  }
}
