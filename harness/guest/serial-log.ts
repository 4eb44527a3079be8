/** The guest's console: kept on disk (as much as host/bounded-file.ts keeps), read line by line, watched for stage marks and kernel faults. */
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { BoundedFile } from '../host/bounded-file.ts'
import { sortLog } from './declared-messages.ts'
import { faultAmong, faultIn, type FaultLine, moreTelling } from './kernel-faults.ts'

const TAIL_LINES = 20
/** More lines than these are not remembered: a quarter of them goes, from the middle. */
const LINES_MAX = 200_000

/** The console of one guest: a file on disk, its lines, and the first fault among them. */
export class SerialLog {
  readonly #file: BoundedFile
  readonly #decoder = new StringDecoder('utf8')
  #partial = ''
  readonly #lines: string[] = []
  #fault: FaultLine | undefined
  readonly #watchers = new Set<() => void>()
  #ended: Promise<void>

  /** Copies `console` to the file at `path` from now on. */
  constructor(console: Readable, path: string) {
    this.#file = new BoundedFile(path)
    console.on('data', (bytes: Buffer) => this.#receive(bytes))
    this.#ended = new Promise((resolve) => {
      console.once('close', () => this.#file.end(() => resolve()))
    })
  }

  /** Resolves when the console was closed and everything is on disk. */
  get ended(): Promise<void> {
    return this.#ended
  }

  /** The fault that the kernel printed, if any: the first, unless a later one says more. */
  get fault(): FaultLine | undefined {
    return this.#fault
  }

  /** As `fault`, but for the complaints that these patterns declare. */
  faultBut(declared: readonly RegExp[]): FaultLine | undefined {
    return declared.length === 0 ? this.#fault : faultAmong(sortLog(this.#lines, declared).undeclared)
  }

  /** All complete lines, but for the middle of a console without end. */
  get lines(): readonly string[] {
    return this.#lines
  }

  /** The last twenty lines, the unfinished one included. */
  get tail(): readonly string[] {
    const all = this.#partial === '' ? this.#lines : [...this.#lines, this.#partial]
    return all.slice(-TAIL_LINES)
  }

  /** Everything so far, without carriage returns. */
  get text(): string {
    return [...this.#lines, this.#partial].join('\n')
  }

  /** The first complete line that matches. */
  find(pattern: RegExp): string | undefined {
    return this.#lines.find((line) => pattern.test(line))
  }

  /** Calls `watcher` after every new line, until the function it gives is called. */
  onLine(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => {
      this.#watchers.delete(watcher)
    }
  }

  #receive(bytes: Buffer): void {
    // As it came, byte for byte: the file is evidence.
    this.#file.write(bytes)
    const parts = (this.#partial + this.#decoder.write(bytes)).split('\n')
    this.#partial = parts.pop() ?? ''
    for (const part of parts) {
      const line = part.replace(/\r$/, '')
      this.#lines.push(line)
      this.#fault = moreTelling(this.#fault, faultIn(line))
    }
    if (this.#lines.length > LINES_MAX) this.#lines.splice(LINES_MAX / 2, LINES_MAX / 4)
    if (parts.length > 0) for (const watcher of this.#watchers) watcher()
  }
}
