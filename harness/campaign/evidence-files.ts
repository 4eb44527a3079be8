/** The files that a run leaves beside its record: every raw text as it was read, and our reading of it. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Act, actLine, actsHead } from '../irq/act-log.ts'
import { formatEvidence } from '../irq/evidence-json.ts'
import type { RunEvidence } from '../irq/move-evidence.ts'
import type { Claim } from '../scenario/check.ts'

/** Writes the evidence of one attempt into its directory. Throws when the disk is full or not writable. */
export class EvidenceFiles {
  readonly #dir: string
  #readings = 0
  #actsSinceMs: number | undefined

  /** Files go into `dir`, which exists. */
  constructor(dir: string) {
    this.#dir = dir
    mkdirSync(join(dir, 'interrupts'), { recursive: true })
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.#dir, name), text)
  }

  append(name: string, text: string): void {
    appendFileSync(join(this.#dir, name), text)
  }

  /** A whole /proc/interrupts. */
  keepInterrupts(when: 'start' | 'end', text: string): void {
    this.write(`interrupts/proc-interrupts-${when}.txt`, text)
  }

  /** The raw lines of one reading of irqs, numbered in the order read. */
  keepReading(text: string): void {
    const number = String(++this.#readings).padStart(4, '0')
    this.write(`interrupts/reading-${number}.txt`, text.endsWith('\n') ? text : `${text}\n`)
  }

  /** One act, when it is begun: a run that ends in it has it all the same. */
  keepAct(act: Act): void {
    if (this.#actsSinceMs === undefined) this.append('acts.jsonl', actsHead())
    this.#actsSinceMs ??= performance.now()
    this.append('acts.jsonl', actLine(act, performance.now() - this.#actsSinceMs))
  }

  /** Moves and claims, so that the run can be judged again from its files alone. */
  writeEvidence(run: RunEvidence, claims: readonly Claim[]): void {
    this.write('evidence.json', formatEvidence(run, claims))
  }
}
