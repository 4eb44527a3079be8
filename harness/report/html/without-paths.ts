/** A report travels further than its machine: of a path that is the machine's own, only the end is shown. */

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
