/** What is in this folder that an archive was unpacked to? Plain files only, no link followed, within the archive's limits. */
import { closeSync, constants, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, Trouble } from '../base/errors.ts'
import type { Unpacked } from './archive.ts'
import { MEMBER_BYTES_MAX, MEMBERS_MAX, UNPACKED_BYTES_MAX } from './archive-limits.ts'

/** A capture has one level of folders; an archive unpacked to a folder of its own has two. */
const DEPTH_MAX = 3

/** Reads the folder into memory. Throws `Trouble` when it cannot be read, or when it is too much. */
export function readFolder(path: string): Unpacked {
  const files = new Map<string, Buffer>()
  const defects: string[] = []
  let total = 0
  let seen = 0
  const visit = (dir: string, prefix: string, depth: number): void => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const name = `${prefix}${entry.name}`
      if (++seen > MEMBERS_MAX) throw refusal(path, `it holds more than ${MEMBERS_MAX} files`)
      if (entry.isDirectory() && depth < DEPTH_MAX) visit(join(dir, entry.name), `${name}/`, depth + 1)
      else if (entry.isFile()) {
        const content = contentOf(join(dir, entry.name), path)
        total += content.length
        if (total > UNPACKED_BYTES_MAX) throw refusal(path, `it holds more than ${UNPACKED_BYTES_MAX} bytes`)
        files.set(name, content)
      } else defects.push(`${JSON.stringify(name)} is no plain file; it is left out`)
    }
  }
  try {
    visit(path, '', 0)
  } catch (error) {
    if (error instanceof Trouble) throw error
    throw new Trouble('capture.folder', `cannot read ${path}: ${messageOf(error)}`, { cause: error })
  }
  return { files, defects }
}

function contentOf(file: string, folder: string): Buffer {
  // It may have become a link or a pipe since it was listed.
  const fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const { size } = fstatSync(fd)
    if (size > MEMBER_BYTES_MAX) throw refusal(folder, `${file} has ${size} bytes`)
    return readFileSync(fd)
  } finally {
    closeSync(fd)
  }
}

function refusal(folder: string, why: string): Trouble {
  return new Trouble('capture.folder', `${folder} is refused: ${why}`, { lasting: true })
}
