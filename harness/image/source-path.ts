/** What is at a path that stands in `--kernel VALUE`, and how is a value refused? */
import { statSync } from 'node:fs'
import { UsageError, messageOf } from '../base/errors.ts'

/** `file`, `directory`, `absent`, or in a few words what stands in the way. */
export function lookAt(path: string): string {
  try {
    const found = statSync(path)
    if (found.isDirectory()) return 'directory'
    return found.isFile() ? 'file' : 'it is neither a file nor a directory'
  } catch (error) {
    const message = messageOf(error)
    return /ENOENT|ENOTDIR/.test(message) ? 'absent' : message
  }
}

/** One line that names the whole value, the part of it that is wrong, and why. */
export function sourceRefusal(text: string, part: string, why: string): UsageError {
  const isAll = text === part || text.endsWith(`:${part}`)
  return new UsageError(`--kernel ${text}: ${isAll ? '' : `${part}: `}${why}`)
}

/** Throws unless there is a file at the path. `part` is how the user wrote it. */
export function demandFile(text: string, part: string, path: string): void {
  const found = lookAt(path)
  if (found === 'file') return
  const why = { absent: 'no such file', directory: 'it is a directory' }[found] ?? found
  throw sourceRefusal(text, part, why)
}
