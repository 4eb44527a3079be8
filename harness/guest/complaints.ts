/** What QEMU itself said on standard error: kept in a file, and its last line quoted when it ends. */
import type { Readable } from 'node:stream'
import { BoundedFile } from '../host/bounded-file.ts'

const KEPT_CHARACTERS = 2000

/** What one QEMU said so far. */
export class Complaints {
  #tail = ''

  /** Copies `stream` to the file at `path` from now on. */
  constructor(stream: Readable, path: string) {
    const file = new BoundedFile(path)
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      file.write(Buffer.from(text))
      this.#tail = (this.#tail + text).slice(-KEPT_CHARACTERS)
    })
    stream.once('close', () => file.end())
  }

  /** `: ` and the last line, or nothing when QEMU was silent. */
  get words(): string {
    const last = this.#tail.trim().split('\n').at(-1) ?? ''
    return last === '' ? '' : `: ${last}`
  }
}
