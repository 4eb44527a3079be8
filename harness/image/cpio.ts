/** How is an initramfs written? The "newc" archive format, as the kernel reads it, and nothing of this host in it. */
import { Bug } from '../base/errors.ts'

/** One thing in the archive. Everything belongs to root and has the same time, so equal content gives equal bytes. */
export type CpioEntry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode?: number }
  | { readonly kind: 'file'; readonly path: string; readonly content: Buffer; readonly mode?: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | {
      readonly kind: 'character device'
      readonly path: string
      readonly major: number
      readonly minor: number
    }

/**
 * Writes the archive: entries sorted by path, with the directories that they need. Paths are absolute in the guest.
 * The length is a multiple of 512, so that archives can be put one after the other (linux: init/initramfs.c).
 */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const all = withParents(entries)
  const parts = all.map((entry, index) => member(entry, index + 1))
  parts.push(record({ name: 'TRAILER!!!', mode: 0, inode: 0, content: Buffer.alloc(0), major: 0, minor: 0 }))
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([...parts, Buffer.alloc(padding(length, 512))])
}

function withParents(entries: readonly CpioEntry[]): CpioEntry[] {
  const byPath = new Map<string, CpioEntry>()
  for (const entry of entries) {
    if (!/^(\/[^/]+)+$/.test(entry.path)) throw new Bug(`"${entry.path}" is no absolute path for an archive`)
    if (byPath.get(entry.path) !== undefined) throw new Bug(`"${entry.path}" is twice in one archive`)
    byPath.set(entry.path, entry)
  }
  for (const { path } of entries) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const parent = path.slice(0, at)
      if (!byPath.has(parent)) byPath.set(parent, { kind: 'directory', path: parent })
    }
  }
  // Compared by code unit, not by locale: a parent always comes before what it holds.
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

function member(entry: CpioEntry, inode: number): Buffer {
  const plain = { name: entry.path.slice(1), inode, content: Buffer.alloc(0), major: 0, minor: 0 }
  switch (entry.kind) {
    case 'directory':
      return record({ ...plain, mode: 0o040000 | (entry.mode ?? 0o755) })
    case 'file':
      return record({ ...plain, mode: 0o100000 | (entry.mode ?? 0o644), content: entry.content })
    case 'link':
      return record({ ...plain, mode: 0o120777, content: Buffer.from(entry.target) })
    case 'character device':
      return record({ ...plain, mode: 0o020600, major: entry.major, minor: entry.minor })
    default:
      throw new Bug(`an archive cannot hold ${JSON.stringify(entry satisfies never)}`)
  }
}

interface Header {
  readonly name: string
  readonly mode: number
  readonly inode: number
  readonly content: Buffer
  readonly major: number
  readonly minor: number
}

/** One member: 13 fields of eight hex digits after the magic, the name, the content, each padded to four bytes. */
function record({ name, mode, inode, content, major, minor }: Header): Buffer {
  const size = Buffer.byteLength(name) + 1
  const [uid, gid, links, mtime, devMajor, devMinor, check] = [0, 0, 1, 0, 0, 0, 0]
  const fields = [
    inode,
    mode,
    uid,
    gid,
    links,
    mtime,
    content.length,
    devMajor,
    devMinor,
    major,
    minor,
    size,
    check,
  ]
  const text = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`
  const head = Buffer.from(text)
  return Buffer.concat([
    head,
    Buffer.alloc(padding(head.length, 4)),
    content,
    Buffer.alloc(padding(content.length, 4)),
  ])
}

function padding(length: number, unit: number): number {
  return (unit - (length % unit)) % unit
}
