/** Which system error was it? The one place that reads the `code` of something thrown. */

/** The code of a failed system call, such as ENOENT; undefined for anything else that was thrown. */
export function errnoOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined
  return typeof thrown.code === 'string' ? thrown.code : undefined
}
