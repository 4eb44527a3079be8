/** Where is the index, and can it be used? A cache: whatever is wrong with the file, what it told is read from the records again. */
import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { messageOf } from '../base/errors.ts'
import { makeDirs } from '../host/make-dirs.ts'
import { cacheDir, cacheKey } from '../image/cache.ts'
import { APPLICATION_ID, INDEX_VERSION, TABLES } from './index-schema.ts'

/** How long another irqlab may be writing before we do without the file: it writes for milliseconds at a time. */
const BUSY_MS = 5000
/** An index that nobody asked for so long goes: its results may be gone, too. */
const UNUSED_MS = 60 * 24 * 60 * 60_000
/** The age is noted anew when it is older than this. */
const NOTED_MS = 24 * 60 * 60_000

/**
 * The file that belongs to a directory of results: in the cache, by the directory's real path. Not in the results: they
 * may be read-only, on a network file system where locks are no locks, or packed and sent, and none of it matters so.
 */
export function indexPath(results: string): string {
  const real = realpathSync(results)
  const name =
    basename(real)
      .replaceAll(/[^\w.-]/g, '_')
      .slice(0, 40) || 'results'
  return join(cacheDir(), 'history', `${name}-${cacheKey(real)}.v${INDEX_VERSION}.sqlite`)
}

/** Opens the index and makes it when it is not there. Throws what SQLite or the file system throw. */
export function openIndex(path: string): DatabaseSync {
  makeDirs(dirname(path))
  const isNew = statSync(path, { throwIfNoEntry: false }) === undefined
  const index = new DatabaseSync(path, { timeout: BUSY_MS })
  try {
    prepareTables(index)
    if (isNew) removeUnused(path)
    else noteUse(path)
    return index
  } catch (error) {
    index.close()
    throw error
  }
}

/** An index of this process alone: for when none can be kept. */
export function privateIndex(): DatabaseSync {
  const index = new DatabaseSync(':memory:')
  prepareTables(index)
  return index
}

/** Removes the file, so that the next one to open it makes a new one. `only`: the inode that was found bad, and no other. */
export function discardIndex(path: string, only?: number): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined || (only !== undefined && found.ino !== only)) return
  // In this order: a journal must never be there for a file that it is not of.
  rmSync(`${path}-journal`, { force: true })
  rmSync(path, { force: true })
}

/** Why an error makes a file useless for good; undefined: it is not the file's fault. */
export function damageIn(error: unknown): string | undefined {
  if (!isSqliteError(error)) return error instanceof ForeignFile ? error.message : undefined
  // SQLITE_ERROR, SQLITE_CORRUPT, SQLITE_FORMAT, SQLITE_NOTADB (sqlite3.h): a table that is not there is damage, too.
  return [1, 11, 24, 26].includes(error.errcode & 0xff) ? messageOf(error) : undefined
}

/** An error of SQLite's, with its own number. */
export function isSqliteError(error: unknown): error is Error & { readonly errcode: number } {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
}

/** A database of somebody else's, or of another version of ours. */
class ForeignFile extends Error {}

function prepareTables(index: DatabaseSync): void {
  // A rollback journal, as one file and its journal are replaced safely; a write-ahead log has three that belong together.
  index.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON')
  index.exec('PRAGMA cell_size_check = ON; PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY')
  if (isOurs(index)) return
  index.exec('BEGIN IMMEDIATE')
  try {
    // Another irqlab may have made it while we waited.
    if (!isOurs(index)) {
      index.exec(TABLES)
      index.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${INDEX_VERSION}`)
    }
    index.exec('COMMIT')
  } catch (error) {
    if (index.isTransaction) index.exec('ROLLBACK')
    throw error
  }
}

/** False: it is empty. Throws when it holds something else. */
function isOurs(index: DatabaseSync): boolean {
  const { tables } = index.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() ?? {}
  const { application_id: id } = index.prepare('PRAGMA application_id').get() ?? {}
  const { user_version: version } = index.prepare('PRAGMA user_version').get() ?? {}
  if (id === APPLICATION_ID && version === INDEX_VERSION && tables !== 0) return true
  if (tables === 0) return false
  throw new ForeignFile(`it is a database of another kind or version (${String(id)}, ${String(version)})`)
}

/** So that the unused can be told. */
function noteUse(path: string): void {
  const now = Date.now()
  try {
    if (statSync(path).mtimeMs < now - NOTED_MS) utimesSync(path, now / 1000, now / 1000)
  } catch {
    // A cache that we may only read is one all the same.
  }
}

function removeUnused(path: string): void {
  const dir = dirname(path)
  for (const name of readdirSync(dir)) {
    const other = join(dir, name)
    const found = name.endsWith('.sqlite') ? statSync(other, { throwIfNoEntry: false }) : undefined
    if (found !== undefined && found.mtimeMs < Date.now() - UNUSED_MS) discardIndex(other)
  }
}
