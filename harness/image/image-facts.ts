/** What do we want to know of a finished image later? A few texts in a file beside it, readable by a person too. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Trouble, messageOf } from '../base/errors.ts'
import { errnoOf } from '../host/errno.ts'
import type { PackageVersion } from './debian-archive.ts'

const factsFile = 'facts.json'
const packagesFile = 'packages.txt'

/** Writes the facts of the image in `dir`, and the packages that it was made from. */
export function writeFacts(
  dir: string,
  facts: Readonly<Record<string, string>>,
  packages: readonly PackageVersion[],
): void {
  writeFileSync(join(dir, factsFile), `${JSON.stringify(facts, null, 2)}\n`)
  writeFileSync(join(dir, packagesFile), packages.map(({ name, version }) => `${name} ${version}\n`).join(''))
}

/** Reads the facts, and gives a look-up by name. Both throw lasting `Trouble` when the file is damaged or lacks one. */
export function readFacts(dir: string): (name: string) => string {
  const file = join(dir, factsFile)
  const json = readJson(file)
  const facts = new Map<string, unknown>(
    typeof json === 'object' && json !== null ? Object.entries(json) : [],
  )
  return (name) => {
    const value = facts.get(name)
    if (typeof value !== 'string') throw damaged(file, `it has no ${name}`)
    return value
  }
}

/** Reads the packages that an image was made from, sorted as written. */
export function readPackages(dir: string): readonly PackageVersion[] {
  const file = join(dir, packagesFile)
  const lines = readText(file).split('\n').slice(0, -1)
  return lines.map((line) => {
    const [name, version, ...rest] = line.split(' ')
    if (!name || !version || rest.length > 0) throw damaged(file, `"${line}" is no package`)
    return { name, version }
  })
}

function readJson(file: string): unknown {
  const text = readText(file)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw damaged(file, messageOf(error))
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'EACCES') throw forbidden(file)
    throw damaged(file, messageOf(error))
  }
}

/** Images are their maker's alone: they hold the keys of the guest. */
function forbidden(file: string): Trouble {
  return new Trouble('image.cache', `No permission to read ${file}: this image belongs to another user`, {
    hint: 'set IRQLAB_CACHE to a directory of your own, or run as the user who made this cache',
    lasting: true,
  })
}

function damaged(file: string, why: string): Trouble {
  return new Trouble('image.cache', `${file} is damaged: ${why}`, {
    hint: 'run: irqlab image prune',
    lasting: true,
  })
}
