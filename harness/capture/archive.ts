/**
 * What is in this archive? Reads a tar, packed or not, into memory; nothing is ever written or followed. The only file that
 * imports tar. Whoever made the archive is not trusted: see archive-limits.ts and members.ts.
 */
import { Parser } from 'tar'
import { messageOf, Trouble } from '../base/errors.ts'
import { Members } from './members.ts'
import type { Unpacked } from './unpacked.ts'
import { unpackedFile } from './unpacking.ts'

/** Reads the archive at `path`. Throws `Trouble` when it is none, cannot be read, or asks for what no capture needs. */
export async function readArchive(path: string): Promise<Unpacked> {
  try {
    return await readTar(unpackedFile(path))
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    const { stage, message, hint } = error
    throw new Trouble(stage, `${path}: ${message}`, {
      cause: error,
      lasting: true,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

/** Reads an archive from its unpacked bytes. Throws `Trouble` as above, and whatever of that the bytes end with. */
export async function readTar(bytes: AsyncIterable<Buffer>): Promise<Unpacked> {
  const members = new Members()
  const parser = new Parser({
    onReadEntry: (entry) => {
      const { path, type, size, mode, mtime } = entry
      const read = (part: (bytes: Buffer) => void, end: () => void) => {
        entry.on('data', part)
        entry.on('end', end)
      }
      members.take({ path, type, size, mode, mtime, pass: () => entry.resume(), read })
    },
    onwarn: (code, message) => members.warn(code, message),
  })
  let ended = false
  parser.on('eof', () => (ended = true))
  let total = 0
  let broken: string | undefined
  try {
    for await (const chunk of bytes) {
      total += chunk.length
      members.check(total)
      parser.write(chunk)
      members.check(total)
      // Whatever is behind an archive's end is not of it.
      if (ended) break
    }
  } catch (error) {
    if (error instanceof Trouble) throw error
    // What came before the cut is as good as ever.
    broken = `the archive ends too early or is mangled (${messageOf(error)})`
    members.defect(broken)
  }
  parser.end()
  members.check(total)
  return members.unpacked(total, broken)
}
