/** Is a file or directory still the one that was read? Told by what the kernel notes of it, without opening it. */
import { statSync } from 'node:fs'

/** The mark of what is not to be trusted: it is like no other, and not like itself. */
export const NO_MARK = ''

/** What was changed so shortly ago may be changed again without a new time: file systems count in ticks, some in seconds. */
const SETTLED_MS = 2000

/**
 * Inode, size and time of change: whatever is written, added, removed or renamed in it gives another one. Of a directory
 * that tells of its own entries, not of what lies deeper. `NO_MARK` when it is not there, or has just been changed.
 */
export function markOf(path: string, nowMs: number = Date.now()): string {
  const found = statSync(path, { throwIfNoEntry: false })
  // Times of change cannot be set: what was unpacked or copied is new, whatever dates were kept with it.
  if (found === undefined || found.ctimeMs > nowMs - SETTLED_MS) return NO_MARK
  return `${found.ino}.${found.ctimeMs}.${found.isDirectory() ? 'dir' : found.size}`
}

/** Whether it is what it was when the mark was made. */
export function isAsMarked(path: string, mark: string): boolean {
  return mark !== NO_MARK && markOf(path) === mark
}
