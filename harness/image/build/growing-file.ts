/** What has been written to a file since we last looked? For the output of a program that must be able to outlive us. */
import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

const pieceBytes = 64 * 1024

/** Reads a file on which somebody writes, line by line. */
export class GrowingFile {
  readonly #fd: number
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''

  /** Throws what open(2) throws. */
  constructor(path: string) {
    this.#fd = openSync(path, 'r')
  }

  /** The lines that were ended since the last call. */
  lines(): readonly string[] {
    const piece = Buffer.alloc(pieceBytes)
    for (;;) {
      const length = readSync(this.#fd, piece, 0, pieceBytes, null)
      if (length === 0) break
      this.#rest += this.#decoder.write(piece.subarray(0, length))
    }
    const lines = this.#rest.split('\n')
    this.#rest = lines.pop() ?? ''
    return lines
  }

  /** The lines that are left, the last one even if it was never ended. */
  end(): readonly string[] {
    const lines = this.lines()
    closeSync(this.#fd)
    return this.#rest === '' ? lines : [...lines, this.#rest]
  }
}
