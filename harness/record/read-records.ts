/** Which runs were finished below a directory? Reads every record.json, the last attempt of each run. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, UsageError } from '../base/errors.ts'
import { errnoOf } from '../host/errno.ts'
import { type RunRecord, recordSchema } from './run-record.ts'

/** The directory of an attempt that was finished; others end in `.partial`. */
const attemptDir = /\/attempt-(\d+)$/

/**
 * The records, in the order in which the runs were started. Throws `UsageError` when the directory cannot be read or
 * holds none, or one that is damaged or of another version.
 */
export function readRecords(dir: string): readonly RunRecord[] {
  const last = new Map<string, RunRecord>()
  for (const path of attemptDirs(dir)) {
    const record = readRecord(path)
    const run = path.replace(attemptDir, '')
    if ((last.get(run)?.attempts ?? 0) < record.attempts) last.set(run, record)
  }
  if (last.size === 0) throw new UsageError(`${dir}: no record.json of a finished run below it`)
  return [...last.values()].sort((a, b) => (a.timings.startedAt < b.timings.startedAt ? -1 : 1))
}

/** The directories of all finished attempts below a directory, sorted. Throws `UsageError` when it cannot be read. */
export function attemptDirs(dir: string): readonly string[] {
  try {
    return readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name === 'record.json' && attemptDir.test(entry.parentPath))
      .map((entry) => entry.parentPath)
      .sort()
  } catch (error) {
    const why = errnoOf(error) === 'ENOENT' ? 'there is nothing of that name' : messageOf(error)
    throw new UsageError(
      `${dir}: it cannot be read: ${why}; give the directory of a campaign, or its name below the results`,
    )
  }
}

/** The record in the directory of an attempt. Throws `UsageError` when it is damaged or of another version. */
export function readRecord(dir: string): RunRecord {
  const file = join(dir, 'record.json')
  try {
    return recordSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const [line = ''] = messageOf(error).replaceAll(/\s+/g, ' ').split('\n')
    throw new UsageError(`${file}: no record that can be read: ${line.slice(0, 200)}`)
  }
}
