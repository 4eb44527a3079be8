/** A report travels further than its machine: of a path that is the machine's own, only the end is shown. */
import { bounded, safeText } from '../safe-text.ts'

/** Folders that are the same on every Linux: a path below them tells nothing of whose machine it was. */
const OF_EVERYBODY = /^\/(?:usr|bin|sbin|lib|lib64|proc|sys|dev|etc)(?:\/|$)/
/** An absolute path, where a word, a quotation or an option's value begins. */
const PATH = /(?<=^|[\s"'`(=:,;[])(?:\/[\w.+@%~-]+){2,}/g

/** `/home/me/kernels/bzImage` becomes `…/kernels/bzImage`. */
export function withoutPaths(text: string): string {
  return text.replaceAll(PATH, (path) =>
    OF_EVERYBODY.test(path) ? path : `…/${path.split('/').slice(-2).join('/')}`,
  )
}

/** Of one sentence or one line; a console may hold a line without an end. */
const TEXT_MAX = 2000

/** Text of a guest or of this machine as the page shows it: without paths and control characters, and not without end. */
export function shownText(text: string): string {
  return withoutPaths(bounded(safeText(text), TEXT_MAX))
}
