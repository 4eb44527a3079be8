/** The guest's console: kept whole on disk, read line by line, watched for stage marks and kernel faults. */
import { createWriteStream, type WriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { faultIn, type FaultLine } from './kernel-faults.ts'

const TAIL_LINES = 20

/** The console of one guest: a file on disk, its lines, and the first fault among them. */
export class SerialLog {
  readonly #file: WriteStream
  #partial = ''
  readonly #lines: string[] = []
  #fault: FaultLine | undefined
  #watchers: (() => void)[] = []
  #ended: Promise<void>

  /** Copies `console` to the file at `path` from now on. */
  constructor(console: Readable, path: string) {
    this.#file = createWriteStream(path)
    console.setEncoding('utf8')
    console.on('data', (text: string) => this.#receive(text))
    this.#ended = new Promise((resolve) => {
      console.once('close', () => this.#file.end(resolve))
    })
  }

  /** Resolves when the console was closed and everything is on disk. */
  get ended(): Promise<void> {
    return this.#ended
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0 && this.#partial === ''
  }

  /** The first fault that the kernel printed, if any. */
  get fault(): FaultLine | undefined {
    return this.#fault
  }

  /** The last twenty lines, the unfinished one included. */
  get tail(): readonly string[] {
    const all = this.#partial === '' ? this.#lines : [...this.#lines, this.#partial]
    return all.slice(-TAIL_LINES)
  }

  /** The first complete line that matches. */
  find(pattern: RegExp): string | undefined {
    return this.#lines.find((line) => pattern.test(line))
  }

  /** Calls `watcher` after every new line. */
  onLine(watcher: () => void): void {
    this.#watchers.push(watcher)
  }

  #receive(text: string): void {
    this.#file.write(text)
    const parts = (this.#partial + text).split('\n')
    this.#partial = parts.pop() ?? ''
    for (const part of parts) {
      const line = part.replace(/\r$/, '')
      this.#lines.push(line)
      this.#fault ??= faultIn(line)
    }
    if (parts.length > 0) for (const watcher of this.#watchers) watcher()
  }
}
