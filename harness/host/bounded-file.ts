/** A file for what comes without an end in sight: a console. It has the beginning and the end, and says what is missing between. */
import { createWriteStream, type WriteStream } from 'node:fs'
import { CONSOLE_BYTES_MAX, cutNote } from '../base/bounded.ts'

/** The end that is kept, in bytes: enough for the panic that a storm of messages ends with. */
const TAIL_BYTES = 256 * 1024

/** The file, while it is written. A full disk is no trouble here: the next piece of evidence that is written says so. */
export class BoundedFile {
  readonly #file: WriteStream
  readonly #headMax: number
  readonly #tailMax: number
  readonly #limit: number
  #head = 0
  #tail: Buffer[] = []
  #tailBytes = 0
  #leftOut = 0

  /** At `path`, at most `limit` bytes and a line. */
  constructor(path: string, limit = CONSOLE_BYTES_MAX) {
    this.#limit = limit
    this.#tailMax = Math.min(TAIL_BYTES, Math.floor(limit / 4))
    this.#headMax = limit - this.#tailMax
    this.#file = createWriteStream(path)
    this.#file.on('error', () => undefined)
  }

  write(bytes: Buffer): void {
    const fits = Math.min(bytes.length, this.#headMax - this.#head)
    if (fits > 0) this.#file.write(bytes.subarray(0, fits))
    this.#head += fits
    if (fits < bytes.length) this.#keepTail(bytes.subarray(fits))
  }

  /** Writes what was kept of the end. `ended` is called when everything is on disk, or cannot be. */
  end(ended: () => void = () => undefined): void {
    if (this.#leftOut > 0) this.#file.write(cutNote(this.#leftOut, this.#limit))
    for (const bytes of this.#tail) this.#file.write(bytes)
    this.#tail = []
    this.#file.end(ended)
  }

  #keepTail(bytes: Buffer): void {
    // A copy: the stream's own buffer is much larger.
    this.#tail.push(Buffer.from(bytes))
    this.#tailBytes += bytes.length
    while (this.#tailBytes > this.#tailMax) {
      const [first = Buffer.alloc(0)] = this.#tail
      const over = Math.min(first.length, this.#tailBytes - this.#tailMax)
      if (over === first.length) this.#tail.shift()
      else this.#tail[0] = first.subarray(over)
      this.#tailBytes -= over
      this.#leftOut += over
    }
  }
}
