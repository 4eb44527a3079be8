/** What is in this folder that an archive or a report was unpacked to? Plain files only, no link followed, within the archive's limits. */
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
} from 'node:fs'
import { join } from 'node:path'
import { messageOf, Trouble } from '../base/errors.ts'
import {
  KEPT_MAX,
  MEMBER_BYTES_MAX,
  MEMBERS_MAX,
  REPORT_MEMBERS_MAX,
  UNPACKED_BYTES_MAX,
} from './archive-limits.ts'
import { isLooseName } from './loose-names.ts'
import { isLog, isNeeded, isTelling, leadsOn, machinePath } from './machine-paths.ts'
import { SiftedLog } from './sifted-log.ts'
import type { Unpacked } from './unpacked.ts'

/** A capture has one level of folders, an archive unpacked to a folder of its own two; loose trees of /proc/irq have three. */
const DEPTH_MAX = 4

/** Reads the folder into memory. Throws `Trouble` when it cannot be read, or when it is too much. */
export function readFolder(path: string): Unpacked {
  const found = new Found(path)
  try {
    found.visit(path, '', 0)
  } catch (error) {
    if (error instanceof Trouble) throw error
    throw new Trouble('capture.folder', `cannot read ${path}: ${messageOf(error)}`, { cause: error })
  }
  return found.unpacked()
}

class Found {
  readonly #path: string
  readonly #files = new Map<string, Buffer>()
  readonly #names = new Set<string>()
  readonly #readOnly = new Set<string>()
  readonly #oddities: string[] = []
  readonly #defects: string[] = []
  #hasMachine = false
  #seen = 0
  #seenLoose = 0
  #bytes = 0
  #newestMs: number | undefined

  constructor(path: string) {
    this.#path = path
  }

  visit(dir: string, prefix: string, depth: number): void {
    const entries = readdirSync(dir, { withFileTypes: true })
    const here = new Set(entries.map(({ name }) => name))
    for (const entry of entries) {
      if (++this.#seen > REPORT_MEMBERS_MAX)
        throw this.#refusal(`it holds more than ${REPORT_MEMBERS_MAX} files`)
      const name = `${prefix}${entry.name}`
      const machine = machinePath(entry.isDirectory() ? `${name}/` : name)
      const path = machine?.path.replace(/\/$/, '')
      if (path === undefined) this.#loose(entry, dir, name, depth)
      else {
        this.#hasMachine = true
        if (isTelling(path)) this.#names.add(name)
        if (entry.isDirectory()) {
          if (leadsOn(path)) this.visit(join(dir, entry.name), `${name}/`, depth + 1)
        } else if (isLog(path)) this.#sift(entry, dir, name)
        // A mask stands in the list beside it, too.
        else if (isNeeded(path) && !(path.endsWith('affinity') && here.has(`${entry.name}_list`)))
          this.#take(entry, dir, name)
      }
    }
  }

  unpacked(): Unpacked {
    // Of a report only what we would have read is worth a word.
    const oddities = this.#hasMachine ? [] : this.#oddities
    return {
      files: this.#files,
      defects: [...this.#defects, ...oddities],
      oddity: undefined,
      hasMachine: this.#hasMachine,
      names: this.#names,
      readOnly: this.#readOnly,
      newestMs: this.#newestMs,
    }
  }

  /** What is not of a machine: a capture's own files, and what people put beside a tree. */
  #loose(entry: Dirent, dir: string, name: string, depth: number): void {
    if (entry.isDirectory() && depth < DEPTH_MAX) {
      this.visit(join(dir, entry.name), `${name}/`, depth + 1)
      return
    }
    if (this.#hasMachine && !isLooseName(name)) return
    if (++this.#seenLoose > MEMBERS_MAX) throw this.#refusal(`it holds more than ${MEMBERS_MAX} files`)
    if (entry.isFile()) this.#take(entry, dir, name)
    else if (this.#oddities.length < DEFECTS_MAX) this.#oddities.push(notPlain(name))
  }

  #take(entry: Dirent, dir: string, name: string): void {
    if (!entry.isFile()) {
      const isOdd = /^(?:proc|sys)\//.test(machinePath(name)?.path ?? '')
      if (isOdd && this.#defects.length < DEFECTS_MAX) this.#defects.push(notPlain(name))
      return
    }
    if (this.#files.size >= KEPT_MAX)
      throw this.#refusal(`it holds more than ${KEPT_MAX} files about interrupts`)
    const { content, mode, writtenMs } = contentOf(join(dir, entry.name), (why) => this.#refusal(why))
    this.#bytes += content.length
    if (this.#bytes > UNPACKED_BYTES_MAX)
      throw this.#refusal(`it holds more than ${UNPACKED_BYTES_MAX} bytes`)
    this.#files.set(name, content)
    if ((mode & 0o200) === 0) this.#readOnly.add(name)
    this.#newestMs = Math.max(this.#newestMs ?? writtenMs, writtenMs)
  }

  /** A log is read to its end, however long: nothing but what irqbalance says is kept of it. */
  #sift(entry: Dirent, dir: string, name: string): void {
    if (!entry.isFile()) return
    const log = new SiftedLog()
    const fd = openSync(
      join(dir, entry.name),
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    )
    try {
      for (let total = 0; total < LOG_BYTES_MAX;) {
        const length = readSync(fd, block, 0, block.length, null)
        if (length === 0) break
        log.take(block.subarray(0, length))
        total += length
      }
    } finally {
      closeSync(fd)
    }
    this.#files.set(name, log.text())
  }

  #refusal(why: string): Trouble {
    return new Trouble('capture.folder', `${this.#path} is refused: ${why}`, { lasting: true })
  }
}

const DEFECTS_MAX = 100

/** Of logs that go by; what they would say beyond that, they said before. */
const LOG_BYTES_MAX = 1024 ** 3

/** Reused: tens of thousands of masks are of a few bytes each. */
const block = Buffer.alloc(64 * 1024)

function contentOf(
  file: string,
  refusal: (why: string) => Trouble,
): { readonly content: Buffer; readonly mode: number; readonly writtenMs: number } {
  // It may have become a link or a pipe since it was listed.
  const fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const { size, mode, mtimeMs: writtenMs } = fstatSync(fd)
    if (size > MEMBER_BYTES_MAX) throw refusal(`${file} has ${size} bytes`)
    if (size >= block.length) return { content: readFileSync(fd), mode, writtenMs }
    // A file of /proc says that it is empty.
    const length = readSync(fd, block, 0, block.length, 0)
    if (length === block.length) return { content: readFileSync(fd), mode, writtenMs }
    return { content: Buffer.from(block.subarray(0, length)), mode, writtenMs }
  } finally {
    closeSync(fd)
  }
}

function notPlain(name: string): string {
  return `${JSON.stringify(name)} is no plain file; it is left out`
}
