/** The runs recorded from real guests, for tests: fixtures/recorded/, one folder a run, read and ready to be judged. */
import { readdirSync, readFileSync } from 'node:fs'
import { type EvidenceClaim, readEvidence } from './evidence-json.ts'
import type { RunEvidence } from './move-evidence.ts'

/** One recorded run. */
export interface RecordedRun {
  /** Kernel series, machine and scenario: `6.1-plain-deferred-move`. */
  readonly name: string
  readonly run: RunEvidence
  readonly claims: readonly EvidenceClaim[]
  /** A file of the run, raw. */
  readonly text: (file: RecordedFile) => string
}

/** The files of a recorded run; `readings.txt` is all of its readings of irqs, in the order read. */
export type RecordedFile =
  'trace.txt' | 'evidence.json' | 'readings.txt' | 'proc-interrupts-start.txt' | 'proc-interrupts-end.txt'

const folder = new URL('fixtures/recorded/', import.meta.url)

/** All recorded runs, by name. */
export const RECORDED: readonly RecordedRun[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort()
  .map((name) => {
    const text = (file: RecordedFile): string => readFileSync(new URL(`${name}/${file}`, folder), 'utf8')
    return { name, text, ...readEvidence(text('evidence.json'), text('trace.txt')) }
  })
