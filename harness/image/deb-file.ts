/** Is this file a whole Debian package? Read from the headers of its members, with no program. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

const magic = '!<arch>\n'
const headerSize = 60

/**
 * What is wrong with the .deb at `path`, in a few words; undefined when it is whole. deb(5): an ar(5) archive of
 * `debian-binary`, `control.tar` and `data.tar`. Throws what open(2) and read(2) throw.
 */
export function debFlaw(path: string): string | undefined {
  const fd = openSync(path, 'r')
  try {
    return flawOf(fd, fstatSync(fd).size)
  } finally {
    closeSync(fd)
  }
}

function flawOf(fd: number, size: number): string | undefined {
  if (size === 0) return 'it is empty'
  if (textAt(fd, 0, magic.length) !== magic) return 'it is no .deb package'
  const names: string[] = []
  for (let at = magic.length; at < size;) {
    const header = textAt(fd, at, headerSize)
    if (header.length < headerSize) return cutOff(at + headerSize, size)
    const length = Number(header.slice(48, 58))
    if (header.slice(58) !== '`\n' || !Number.isSafeInteger(length)) return 'it is damaged'
    names.push(header.slice(0, 16).trim().replace(/\/$/, ''))
    const end = at + headerSize + length
    if (end > size) return cutOff(end, size)
    at = end + (length % 2)
  }
  if (names[0] !== 'debian-binary') return 'it is an archive, but no .deb package'
  const has = (part: string) => names.some((name) => name.startsWith(part))
  return has('control.tar') && has('data.tar') ? undefined : 'it is cut off: a part of the package is missing'
}

function cutOff(wanted: number, size: number): string {
  return `it is cut off: it has ${size} of at least ${wanted} bytes`
}

function textAt(fd: number, at: number, length: number): string {
  const bytes = Buffer.alloc(length)
  return bytes.toString('latin1', 0, readSync(fd, bytes, 0, length, at))
}
