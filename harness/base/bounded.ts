/** How much may one run leave on disk? A kernel that prints without end must not fill it; what is cut says so where it was cut. */

/** Bytes of one file. The trace of a guest with four CPUs is 16 MiB at most, before it is text. */
export const FILE_BYTES_MAX = 64 * 2 ** 20
/** Bytes of all that a run leaves, consoles apart. */
export const RUN_BYTES_MAX = 256 * 2 ** 20
/** Bytes of a console, and of what QEMU complains of. */
export const CONSOLE_BYTES_MAX = 16 * 2 ** 20

/** The line that stands where something is missing. */
export function cutNote(leftOut: number, limit: number): string {
  return `\n# irqlab: ${leftOut} bytes are left out here: a file may have ${limit}\n`
}

/**
 * The text in at most `limit` bytes of UTF-8, but for the note: its beginning and, a quarter of it, its end, which tells how
 * it came out. Cut at ends of lines.
 */
export function bounded(text: string, limit: number): string {
  // No character has more than three bytes for each of its code units.
  if (text.length * 3 <= limit) return text
  const bytes = Buffer.from(text)
  if (bytes.length <= limit) return text
  const tail = Math.floor(limit / 4)
  const head = bytes.subarray(0, lineEnd(bytes, limit - tail))
  const rest = bytes.subarray(lineStart(bytes, bytes.length - tail))
  return `${head.toString()}${cutNote(bytes.length - head.length - rest.length, limit)}${rest.toString()}`
}

/** The end of the last whole line before it; without one, that of the last whole character. */
function lineEnd(bytes: Buffer, at: number): number {
  // A negative place would count from the end.
  const end = at === 0 ? -1 : bytes.lastIndexOf(10, at - 1)
  if (end !== -1) return end + 1
  let place = at
  while (isInside(bytes, place)) place--
  return place
}

/** The beginning of the first whole line behind it; without one, that of the first whole character. */
function lineStart(bytes: Buffer, at: number): number {
  const end = bytes.indexOf(10, at)
  if (end !== -1) return end + 1
  let place = at
  while (isInside(bytes, place)) place++
  return place
}

/** In the middle of a character (UTF-8: every byte but the first begins with the bits 10). */
function isInside(bytes: Buffer, at: number): boolean {
  return ((bytes[at] ?? 0) & 0xc0) === 0x80
}
