/** What is in a patch file? A diff, a mail of git format-patch, or a mailbox with several: read, and told from what is none. */
import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { createHash } from 'node:crypto'
import { UsageError, messageOf } from '../../base/errors.ts'
import { errnoOf } from '../../host/errno.ts'

/** One file with changes. */
export interface PatchFile {
  /** Absolute. */
  readonly path: string
  readonly content: Buffer
  /** Of the content, hex. */
  readonly sha256: string
  /** True when it is mail: it may be encoded for the way, and there may be several. */
  readonly isMail: boolean
}

/** Where something is in a patch: its place among the hunks of one file. */
export interface HunkPlace {
  /** Counted from 1. */
  readonly number: number
  readonly of: number
  /** The line of the patch file with the hunk's `@@`, counted from 1. */
  readonly line: number
}

/** More than any series that somebody would test; a kernel tarball given by mistake is not read whole. */
const largestBytes = 64 * 1024 * 1024

/** Reads and checks a patch. Throws `UsageError` that names the file for one that cannot be read or is no patch. */
export function readPatchFile(path: string): PatchFile {
  const content = contentOf(path)
  const text = content.toString('latin1')
  const isMail = /^(From |[A-Za-z][A-Za-z-]*: )/.test(text)
  if (!isMail && !hasChanges(text)) throw notAPatch(path, content)
  return { path, content, sha256: createHash('sha256').update(content).digest('hex'), isMail }
}

/** True for a text with at least one hunk, or a change that git tells without hunks. */
export function hasChanges(text: string): boolean {
  const hunk = /^--- \S.*\r?\n\+\+\+ \S.*\r?\n@@ -\d/m
  const bare =
    /^diff --git .*\r?\n(.*\r?\n)*?(rename from|new file mode|deleted file mode|old mode|GIT binary patch)/m
  return hunk.test(text) || bare.test(text)
}

/** The hunk for `file` that begins at this line of the old file. Undefined when there is none, as in encoded mail. */
export function findHunk(patch: PatchFile, file: string, oldLine: number): HunkPlace | undefined {
  const hunks: { readonly line: number; readonly oldLine: number }[] = []
  let current = ''
  for (const [index, line] of patch.content.toString('latin1').split('\n').entries()) {
    const named = /^(?:---|\+\+\+) [^/\s]+\/(\S+)/.exec(line)?.[1]
    if (named !== undefined) current = named
    const start = /^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@/.exec(line)?.[1]
    if (start !== undefined && current === file) hunks.push({ line: index + 1, oldLine: Number(start) })
  }
  const at = hunks.findIndex((hunk) => hunk.oldLine === oldLine)
  const found = hunks[at]
  return found === undefined ? undefined : { number: at + 1, of: hunks.length, line: found.line }
}

/** `FILE is no patch`, and what it seems to be. */
export function notAPatch(path: string, content: Buffer): UsageError {
  const packed = content.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b])) ? ' (it is packed by gzip)' : ''
  const empty = content.length === 0 ? ' (it is empty)' : ''
  return new UsageError(
    `--patch ${path}: ${basename(path)} is no patch${packed}${empty}: it has no "--- a/FILE", "+++ b/FILE" and "@@" lines`,
  )
}

function contentOf(path: string): Buffer {
  try {
    const { size } = statSync(path)
    if (size > largestBytes) throw new UsageError(`--patch ${path}: ${size} bytes are too much for a patch`)
    return readFileSync(path)
  } catch (error) {
    if (error instanceof UsageError) throw error
    const words: Readonly<Record<string, string>> = {
      ENOENT: 'no such file',
      ENOTDIR: 'no such file',
      EISDIR: 'it is a directory, give the files in it',
    }
    throw new UsageError(`--patch ${path}: ${words[errnoOf(error) ?? ''] ?? messageOf(error)}`)
  }
}
