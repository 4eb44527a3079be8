/**
 * What is in this archive? Reads a tar, packed or not, into memory; nothing is ever written or followed. The only file that
 * imports tar. Whoever made the archive is not trusted: see archive-limits.ts and `obstacleOf`.
 */
import { createReadStream, openSync, readSync, closeSync } from 'node:fs'
import { PassThrough, pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Parser, type ReadEntry } from 'tar'
import { messageOf, Trouble } from '../base/errors.ts'
import { MEMBER_BYTES_MAX, MEMBERS_MAX, PATH_MAX, UNPACKED_BYTES_MAX } from './archive-limits.ts'

/** What an archive or a folder held. */
export interface Unpacked {
  /** Whole files by their path, as `irqlab-capture/first/masks.txt`. */
  readonly files: ReadonlyMap<string, Buffer>
  /** What is wrong with it, in sentences: it was cut, a header is mangled. The files above are whole all the same. */
  readonly defects: readonly string[]
}

const STAGE = 'capture.archive'

/** Reads the archive at `path`. Throws `Trouble` when it is none, cannot be read, or asks for what no capture needs. */
export async function readArchive(path: string): Promise<Unpacked> {
  const start = firstBytes(path)
  const packed = PACKERS.find(({ magic }) => start.subarray(0, magic.length).equals(magic))
  if (packed !== undefined && packed.name !== 'gzip')
    throw new Trouble(STAGE, `${path} is packed with ${packed.name}`, {
      hint: `unpack it with ${packed.with} first`,
      lasting: true,
    })
  try {
    return await readTar(createReadStream(path), packed !== undefined)
  } catch (error) {
    if (!(error instanceof Trouble))
      throw new Trouble(STAGE, `${path}: ${messageOf(error)}`, { cause: error })
    throw new Trouble(error.stage, `${path}: ${error.message}`, { cause: error, lasting: true })
  }
}

/** Reads an archive from a stream of its bytes. Throws `Trouble` as above, and whatever the stream is destroyed with. */
export async function readTar(source: NodeJS.ReadableStream, gzip: boolean): Promise<Unpacked> {
  const members = new Members()
  const parser = new Parser({
    onReadEntry: (entry) => members.take(entry),
    onwarn: (code, message) => members.warn(code, message),
  })
  let ended = false
  parser.on('eof', () => (ended = true))
  const bytes = gzip ? createGunzip() : new PassThrough()
  // The error arrives at the loop below, too.
  pipeline(source, bytes, () => undefined)
  let total = 0
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      total += chunk.length
      if (total > UNPACKED_BYTES_MAX) throw refusal(`it unpacks to more than ${mib(UNPACKED_BYTES_MAX)}`)
      parser.write(chunk)
      members.check()
      // Whatever is behind an archive's end is not of it.
      if (ended) break
    }
  } catch (error) {
    if (error instanceof Trouble) throw error
    // What came before the cut is as good as ever.
    members.defect(`the archive ends too early or is mangled (${messageOf(error)})`)
  }
  parser.end()
  members.check()
  return members.unpacked(total)
}

/** Collects what the parser finds. */
class Members {
  readonly #files = new Map<string, Buffer>()
  readonly #defects: string[] = []
  #count = 0
  #refusal: Trouble | undefined

  take(entry: ReadEntry): void {
    const path = entry.path.replace(/^(?:\.\/)+/, '')
    this.#count++
    const obstacle =
      this.#count > MEMBERS_MAX ? `it has more than ${MEMBERS_MAX} members` : obstacleOf(entry, path)
    if (obstacle !== undefined) this.#refusal ??= refusal(obstacle)
    if (this.#refusal !== undefined || entry.type === 'Directory') {
      entry.resume()
      return
    }
    if (this.#files.has(path)) this.#refusal = refusal(`it has ${quoted(path)} twice`)
    // Untouched pages cost nothing: a member that claims more than it has takes no memory for it.
    const content = Buffer.allocUnsafeSlow(entry.size)
    let length = 0
    entry.on('data', (part: Buffer) => {
      length += part.copy(content, length)
    })
    entry.on('end', () => {
      if (length === entry.size) this.#files.set(path, content)
      else this.#defects.push(`${quoted(path)} is cut: ${length} of ${entry.size} bytes; it is left out`)
    })
  }

  warn(code: string, message: string): void {
    // Of a cut member `take` says more.
    if (!message.startsWith('Truncated input')) this.#defects.push(`${message} (${code})`)
  }

  defect(words: string): void {
    this.#defects.push(words)
  }

  /** Throws what was found to be refused. */
  check(): void {
    if (this.#refusal !== undefined) throw this.#refusal
  }

  unpacked(total: number): Unpacked {
    if (this.#files.size === 0)
      throw new Trouble(
        STAGE,
        total === 0 ? 'it is empty' : 'no file can be read in it: is it a tar archive?',
      )
    return { files: this.#files, defects: [...new Set(this.#defects)] }
  }
}

/** Why we will not have this member; undefined when it is a file or a directory below the archive's own. */
function obstacleOf(entry: ReadEntry, path: string): string | undefined {
  const name = quoted(path)
  if (path.length > PATH_MAX) return `the name ${name} is longer than ${PATH_MAX} characters`
  if (path.startsWith('/') || path.split('/').includes('..') || /[\\\p{Cc}]/u.test(path))
    return `the name ${name} leads out of the archive`
  if (!FILE_TYPES.has(entry.type)) return `${name} is no file but a ${TYPE_WORDS[entry.type] ?? entry.type}`
  if (entry.size > MEMBER_BYTES_MAX)
    return `${name} has ${entry.size} bytes, more than ${mib(MEMBER_BYTES_MAX)}`
  return undefined
}

const FILE_TYPES: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory'])
const TYPE_WORDS: Readonly<Record<string, string>> = {
  SymbolicLink: 'symbolic link',
  Link: 'hard link',
  CharacterDevice: 'device',
  BlockDevice: 'device',
  FIFO: 'named pipe',
}

const PACKERS: readonly { readonly name: string; readonly magic: Buffer; readonly with: string }[] = [
  { name: 'gzip', magic: Buffer.from([0x1f, 0x8b]), with: 'gunzip' },
  { name: 'xz', magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]), with: '`xz -d`' },
  { name: 'zstd', magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), with: '`zstd -d`' },
  { name: 'bzip2', magic: Buffer.from('BZh'), with: '`bzip2 -d`' },
  { name: 'zip', magic: Buffer.from('PK\u0003\u0004', 'latin1'), with: '`unzip`' },
]

function firstBytes(path: string): Buffer {
  try {
    const file = openSync(path, 'r')
    try {
      const start = Buffer.alloc(8)
      return start.subarray(0, readSync(file, start))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw new Trouble(STAGE, `cannot read ${path}: ${messageOf(error)}`, { cause: error, lasting: true })
  }
}

function refusal(why: string): Trouble {
  return new Trouble(STAGE, `refused: ${why}`, { lasting: true })
}

function quoted(path: string): string {
  return JSON.stringify(path.length <= 80 ? path : `${path.slice(0, 77)}...`)
}

function mib(bytes: number): string {
  return `${bytes / 1024 ** 2} MiB`
}
