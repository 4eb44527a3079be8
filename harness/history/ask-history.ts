/** Asks the index, which is brought up to date before. Whatever is wrong with its file, the answer is that of the records. */
import { statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { ZodError } from 'zod'
import { messageOf } from '../base/errors.ts'
import { errnoOf } from '../host/errno.ts'
import { damageIn, discardIndex, indexPath, isSqliteError, openIndex, privateIndex } from './index-file.ts'
import { type TellUpdate, updateIndex } from './update-index.ts'

/** What a question needs beside itself. */
export interface Asking {
  /** The directory in which the campaigns lie. */
  readonly results: string
  /** Makes the index anew, whatever is there. */
  readonly rebuild?: boolean
  /** Hears what a person should know, a line at a time. */
  readonly tell: (line: string) => void
  readonly tellUpdate?: TellUpdate
}

/**
 * The answer to `question`, which sees one state of the index and only reads. Throws `UsageError` when the results
 * cannot be read, and what the question throws.
 */
export async function askHistory<Answer>(
  asking: Asking,
  question: (index: DatabaseSync) => Answer,
): Promise<Answer> {
  const path = indexPath(asking.results)
  if (asking.rebuild === true) discardIndex(path)
  try {
    return await askFile(path, asking, question)
  } catch (error) {
    const damage = damageIn(error) ?? unreadableText(error)
    if (damage === undefined && !isOfTheFile(error)) throw error
    if (damage === undefined) return askPrivately(error, asking, question)
    asking.tell(`the index of the results is damaged and is made anew: ${damage}`)
  }
  try {
    discardIndex(path, inodeOf.get(path))
    return await askFile(path, asking, question)
  } catch (error) {
    if (damageIn(error) === undefined && !isOfTheFile(error)) throw error
    return askPrivately(error, asking, question)
  }
}

/** The inode of each file that this process opened last: only what was found damaged is discarded, not its successor. */
const inodeOf = new Map<string, number>()

async function askFile<Answer>(
  path: string,
  asking: Asking,
  question: (index: DatabaseSync) => Answer,
): Promise<Answer> {
  inodeOf.delete(path)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found !== undefined) inodeOf.set(path, found.ino)
  return askOpen(openIndex(path), asking, question)
}

/** Slow with many records, and right. */
async function askPrivately<Answer>(
  error: unknown,
  asking: Asking,
  question: (index: DatabaseSync) => Answer,
): Promise<Answer> {
  asking.tell(`no index can be kept (${messageOf(error)}): all records are read for this answer alone`)
  return askOpen(privateIndex(), asking, question)
}

async function askOpen<Answer>(
  index: DatabaseSync,
  { results, tellUpdate }: Asking,
  question: (index: DatabaseSync) => Answer,
): Promise<Answer> {
  try {
    await updateIndex(index, results, tellUpdate)
    index.exec('BEGIN')
    return question(index)
  } finally {
    index.close()
  }
}

/** A text of ours in the index that is not what we wrote. */
function unreadableText(error: unknown): string | undefined {
  return error instanceof SyntaxError || error instanceof ZodError ? 'it holds what nobody wrote' : undefined
}

/** SQLite or the file system would not let us: busy, read-only, full. */
function isOfTheFile(error: unknown): boolean {
  return isSqliteError(error) || errnoOf(error) !== undefined
}
