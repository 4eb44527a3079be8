/** Where do facts about this host live? In the image cache, one small file each, so that pruning forgets them too. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { assert } from '../base/errors.ts'
import { makeDirs } from '../host/make-dirs.ts'
import type { Fact, Memory, Recollection } from '../host/memory.ts'
import { cacheKey, imageName, type ImageCache } from './cache.ts'

const factsFile = 'facts.json'

/** A memory in this cache. Several hosts and users may share it: each has facts of its own. */
export function cacheMemory(cache: ImageCache): Memory {
  return {
    recall: (fact) => recall(placeOf(cache, fact), fact),
    keep: (fact, value) => keep(placeOf(cache, fact), fact, value),
  }
}

function placeOf(cache: ImageCache, { kind, of }: Fact): string {
  const user = String(process.getuid?.() ?? -1)
  const name = `memory-${kind}-${cacheKey(hostname(), user, of)}`
  assert(imageName.test(name), `"${name}" is no name for a fact`)
  return join(cache.dir, name)
}

function recall(dir: string, fact: Fact): Recollection | undefined {
  try {
    const kept: unknown = JSON.parse(readFileSync(join(dir, factsFile), 'utf8'))
    if (typeof kept !== 'object' || kept === null) return undefined
    const { of, conditions, keptAt, value } = kept as Readonly<Record<string, unknown>>
    if (of !== fact.of || JSON.stringify(conditions) !== JSON.stringify(fact.conditions)) return undefined
    return typeof keptAt === 'string' ? { value, keptAt } : undefined
  } catch {
    return undefined
  }
}

/** Renamed into place, so that nobody ever reads half of it. A cache that takes nothing is one all the same. */
function keep(dir: string, { of, conditions }: Fact, value: unknown): void {
  const keptAt = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
  const partial = join(dir, `${factsFile}.${process.pid}`)
  try {
    makeDirs(dir)
    writeFileSync(partial, `${JSON.stringify({ of, conditions, keptAt, value }, null, 2)}\n`)
    renameSync(partial, join(dir, factsFile))
  } catch {
    // Found out again the next time.
  }
}
