/** The files that a run leaves beside its record: every raw text as it was read, and our reading of it. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bounded, cutNote, FILE_BYTES_MAX, RUN_BYTES_MAX } from '../base/bounded.ts'
import { type Act, actLine, actsHead } from '../irq/act-log.ts'
import { formatEvidence } from '../irq/evidence-json.ts'
import type { RunEvidence } from '../irq/move-evidence.ts'
import type { Claim } from '../scenario/check.ts'

/** How much may be written, in bytes. */
export interface EvidenceLimits {
  readonly fileBytes: number
  readonly runBytes: number
}

/** Writes the evidence of one attempt into its directory. Throws when the disk is full or not writable. */
export class EvidenceFiles {
  readonly #dir: string
  readonly #limits: EvidenceLimits
  /** Bytes of each file that is written piece by piece, or that it is full. */
  readonly #appended = new Map<string, number | 'full'>()
  #left: number
  #readings = 0
  #captures = 0
  #readingsFull = false
  #actsSinceMs: number | undefined

  /** Files go into `dir`, which exists. */
  constructor(dir: string, limits: EvidenceLimits = { fileBytes: FILE_BYTES_MAX, runBytes: RUN_BYTES_MAX }) {
    this.#dir = dir
    this.#limits = limits
    this.#left = limits.runBytes
    mkdirSync(join(dir, 'interrupts'), { recursive: true })
  }

  /** A whole file; of one that is too large its beginning and its end, and a line that says so. */
  write(name: string, text: string): void {
    const kept = bounded(text, Math.min(this.#limits.fileBytes, this.#left))
    this.#left = Math.max(0, this.#left - Buffer.byteLength(kept))
    writeFileSync(join(this.#dir, name), kept)
  }

  /** One line more; from the one on that is too much none. */
  append(name: string, text: string): void {
    const there = this.#appended.get(name) ?? 0
    if (there === 'full') return
    const bytes = Buffer.byteLength(text)
    const fits = there + bytes <= this.#limits.fileBytes && bytes <= this.#left
    this.#appended.set(name, fits ? there + bytes : 'full')
    this.#left -= fits ? bytes : 0
    appendFileSync(join(this.#dir, name), fits ? text : cutNote(bytes, this.#limits.fileBytes))
  }

  /** A whole /proc/interrupts. */
  keepInterrupts(when: 'start' | 'end', text: string): void {
    this.write(`interrupts/proc-interrupts-${when}.txt`, text)
  }

  /** A capture that the guest took of itself, numbered in the order taken. */
  keepCapture(archive: string): void {
    this.write(`capture-${++this.#captures}.tar`, archive)
  }

  /** The raw lines of one reading of irqs, numbered in the order read; none once the run has left all that it may. */
  keepReading(text: string): void {
    if (this.#readingsFull) return
    const whole = text.endsWith('\n') ? text : `${text}\n`
    const number = String(++this.#readings).padStart(4, '0')
    this.#readingsFull = Buffer.byteLength(whole) > this.#left
    this.write(`interrupts/reading-${number}.txt`, whole)
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
