/**
 * Which members of an archive do we hold? Collects what its parser finds, and refuses what nobody sends in good faith. A capture of our own
 * is small and plain; a sosreport has links, devices and a hundred thousand files, of which only those about interrupts are kept.
 */
import { Trouble } from '../base/errors.ts'
import {
  KEPT_MAX,
  MEMBER_BYTES_MAX,
  MEMBERS_MAX,
  PATH_MAX,
  REPORT_BYTES_MAX,
  REPORT_MEMBERS_MAX,
  UNPACKED_BYTES_MAX,
} from './archive-limits.ts'
import { isLooseName } from './loose-names.ts'
import { isLog, isNeeded, isTelling, machinePath } from './machine-paths.ts'
import { SiftedLog } from './sifted-log.ts'
import { ARCHIVE_STAGE } from './unpacking.ts'
import type { Unpacked } from './unpacked.ts'

/** One member, as the parser of tar gives it. */
interface Member {
  readonly path: string
  readonly type: string
  readonly size: number
  readonly mode?: number | undefined
  readonly mtime?: Date | undefined
  /** Lets its bytes go by. */
  readonly pass: () => void
  /** Gives its bytes, part by part, and says when there are no more. */
  readonly read: (part: (bytes: Buffer) => void, end: () => void) => void
}

/** Collects the members of one archive. */
export class Members {
  readonly #files = new Map<string, Buffer>()
  readonly #short = new Map<string, Buffer>()
  readonly #names = new Set<string>()
  readonly #readOnly = new Set<string>()
  readonly #defects: string[] = []
  #newestMs: number | undefined
  #count = 0
  #kept = 0
  #refusal: Trouble | undefined
  #oddity: string | undefined
  #hasManifest = false
  #hasMachine = false

  /** Takes one member, or lets it go by. What is refused is thrown by `check`. */
  take(entry: Member): void {
    const path = entry.path.replace(/^(?:\.\/)+/, '')
    this.#count++
    const way = wayOut(path)
    if (way) this.#refuse(`the name ${quoted(path)} leads out of the archive`)
    if (this.#count > REPORT_MEMBERS_MAX) this.#refuse(`it has more than ${REPORT_MEMBERS_MAX} members`)
    const machine = way ? undefined : machinePath(path)
    if (machine !== undefined) this.#becomeMachine()
    if (/^(?:[^/]+\/)?manifest\.json$/.test(path)) this.#hasManifest = true
    if (machine !== undefined && isTelling(machine.path.replace(/\/$/, '')))
      this.#names.add(path.replace(/\/$/, ''))
    const isSifted = machine !== undefined && isLog(machine.path)
    const wanted =
      this.#refusal === undefined &&
      (this.#hasMachine
        ? isSifted || (machine !== undefined && isNeeded(machine.path)) || isLooseName(path)
        : entry.type !== 'Directory')
    const obstacle =
      !this.#hasMachine && this.#count > MEMBERS_MAX
        ? `it has more than ${MEMBERS_MAX} members`
        : obstacleOf(entry, path, isSifted)
    // Links and devices elsewhere are what a report of a whole machine has; in these two it is somebody's work.
    if (
      obstacle !== undefined &&
      (!this.#hasMachine || (wanted && /^(?:proc|sys)\//.test(machine?.path ?? '')))
    )
      this.#note(obstacle)
    if (!wanted || obstacle !== undefined) entry.pass()
    else if (isSifted) this.#sift(entry, path)
    else this.#keep(entry, path)
  }

  /** What the parser complains of. */
  warn(code: string, message: string): void {
    // Of a cut member `take` says more.
    if (!message.startsWith('Truncated input')) this.defect(`${message} (${code})`)
  }

  defect(words: string): void {
    if (this.#defects.length < DEFECTS_MAX && !this.#defects.includes(words)) this.#defects.push(words)
  }

  /** Throws what was found to be refused; `total` are the bytes that went by. */
  check(total: number): void {
    const most = this.#hasMachine ? REPORT_BYTES_MAX : UNPACKED_BYTES_MAX
    if (total > most) throw refusal(`it unpacks to more than ${mib(most)}`)
    if (this.#refusal !== undefined) throw this.#refusal
    if (this.#hasManifest && !this.#hasMachine && this.#oddity !== undefined) throw refusal(this.#oddity)
  }

  /** All that was kept; `broken` says what is wrong with how it was packed. Throws `Trouble` when that is nothing. */
  unpacked(total: number, broken: string | undefined): Unpacked {
    if (this.#files.size === 0) {
      if (this.#oddity !== undefined && broken === undefined) throw refusal(this.#oddity)
      throw new Trouble(ARCHIVE_STAGE, this.#nothingIn(total, broken))
    }
    return {
      files: this.#files,
      defects: this.#defects,
      oddity: this.#oddity,
      hasMachine: this.#hasMachine,
      names: this.#names,
      readOnly: this.#readOnly,
      newestMs: this.#newestMs,
    }
  }

  #nothingIn(total: number, broken: string | undefined): string {
    if (this.#hasMachine) return 'it has no file about interrupts'
    if (broken !== undefined) return `no file can be read in it: ${broken}`
    return total === 0 ? 'it is empty' : 'no file can be read in it: is it a tar archive?'
  }

  #keep(entry: Member, path: string): void {
    if (this.#files.has(path)) return this.#pass(entry, `it has ${quoted(path)} twice`)
    if (this.#files.size >= KEPT_MAX)
      return this.#pass(entry, `it has more than ${KEPT_MAX} files about interrupts`)
    this.#kept += entry.size
    if (this.#kept > UNPACKED_BYTES_MAX)
      return this.#pass(
        entry,
        `it unpacks to more than ${mib(UNPACKED_BYTES_MAX)} of files that may be about interrupts`,
      )
    // Untouched pages cost nothing: a member that claims more than it has takes no memory for it.
    const content = entry.size < SMALL ? Buffer.allocUnsafe(entry.size) : Buffer.allocUnsafeSlow(entry.size)
    let length = 0
    entry.read(
      (part) => {
        length += part.copy(content, length)
      },
      () => {
        if (length === entry.size) this.#hold(path, content, entry)
        else this.defect(`${quoted(path)} is cut: ${length} of ${entry.size} bytes; it is left out`)
      },
    )
  }

  /** Of a log only what irqbalance says; one that was cut is as good as it is. */
  #sift(entry: Member, path: string): void {
    const log = new SiftedLog()
    entry.read(
      (part) => log.take(part),
      () => void this.#files.set(path, log.text()),
    )
  }

  #hold(path: string, content: Buffer, { mode, mtime }: Member): void {
    // A copy of the name: as a part of its header it would keep the whole of that.
    this.#files.set(Buffer.from(path).toString(), this.#shared(content))
    // The same mask in its other form, which comes first: nobody reads it.
    if (path.endsWith('_affinity_list')) this.#files.delete(path.slice(0, -'_list'.length))
    if (mode !== undefined && (mode & 0o200) === 0) this.#readOnly.add(path)
    const writtenMs = mtime?.getTime()
    if (writtenMs !== undefined && !Number.isNaN(writtenMs))
      this.#newestMs = Math.max(this.#newestMs ?? writtenMs, writtenMs)
  }

  /** The one buffer for this text: 4,000 irqs share a few hundred masks. */
  #shared(content: Buffer): Buffer {
    if (content.length >= SHORT) return content
    const text = content.toString('latin1')
    const known = this.#short.get(text)
    if (known === undefined) this.#short.set(text, content)
    return known ?? content
  }

  #pass(entry: Member, why: string): void {
    this.#refuse(why)
    entry.pass()
  }

  #refuse(why: string): void {
    this.#refusal ??= refusal(why)
  }

  /** Of a report it is only said, of a capture it is the end. */
  #note(obstacle: string): void {
    if (this.#hasMachine) this.defect(`${obstacle}; it is left out`)
    else this.#oddity ??= obstacle
  }

  /** From the first path of a machine on, only what is about interrupts is kept. */
  #becomeMachine(): void {
    if (this.#hasMachine) return
    this.#hasMachine = true
    if (this.#hasManifest) this.#refuse('it is a capture and the files of a machine at once')
    this.#oddity = undefined
    for (const [path, { length }] of this.#files) {
      if (isLooseName(path)) continue
      this.#files.delete(path)
      this.#kept -= length
    }
  }
}

const DEFECTS_MAX = 100
/** Below it a file is carved out of a common block: tens of thousands of masks are of a few bytes each. */
const SMALL = 4096
/** A text of that length may well come again. */
const SHORT = 256

/** The name would be outside of the folder that the archive is unpacked to. */
function wayOut(path: string): boolean {
  return path.startsWith('/') || path.split('/').includes('..')
}

/** Why we will not have this member; undefined when it is a file or a directory with a name that can be shown. */
function obstacleOf(entry: Member, path: string, isSifted: boolean): string | undefined {
  const name = quoted(path)
  if (path.length > PATH_MAX) return `the name ${name} is longer than ${PATH_MAX} characters`
  if (/[\\\p{Cc}]/u.test(path)) return `the name ${name} leads out of the archive`
  if (!FILE_TYPES.has(entry.type)) return `${name} is no file but a ${TYPE_WORDS[entry.type] ?? entry.type}`
  if (entry.size > MEMBER_BYTES_MAX && !isSifted)
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

function refusal(why: string): Trouble {
  return new Trouble(ARCHIVE_STAGE, `refused: ${why}`, { lasting: true })
}

function quoted(path: string): string {
  return JSON.stringify(path.length <= 80 ? path : `${path.slice(0, 77)}...`)
}

function mib(bytes: number): string {
  return `${bytes / 1024 ** 2} MiB`
}
