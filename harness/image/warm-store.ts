/**
 * Where do the guests live that were put aside? In the cache, each in a directory that appears whole. Unlike images they
 * cost seconds to make again, so there is a limit to their size, and the one used longest ago goes first.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { UsageError } from '../base/errors.ts'
import { type Janitor, startJanitor } from '../host/janitor.ts'
import { type CachedImage, type ImageCache, listImages } from './cache.ts'

const DEFAULT_LIMIT_BYTES = 4e9

/** A directory of half-made snapshots this old was left by a machine that died. */
const DEAD_AFTER_MS = 3600_000

/** The snapshots of one cache, for the time of one campaign. */
export class WarmStore {
  readonly #cache: ImageCache
  readonly #limitBytes: number
  #janitor: Janitor | undefined
  #open: readonly string[] = []

  constructor(cache: ImageCache, limitBytes = warmLimitBytes()) {
    this.#cache = cache
    this.#limitBytes = limitBytes
  }

  /** The directory of the snapshot with this label and key, there or not. It counts as used now. */
  dir(label: string, key: string): string {
    const path = join(this.#cache.dir, `warm-${label}-${key}`)
    if (existsSync(path)) {
      try {
        utimesSync(path, new Date(), new Date())
      } catch {
        // A cache that we may only read is one all the same.
      }
    }
    return path
  }

  /** An empty directory for a snapshot in the making; it goes with us if we die. Undefined when the cache cannot be written. */
  async reserve(): Promise<string | undefined> {
    const path = join(this.#cache.dir, `aside-${randomBytes(8).toString('hex')}`)
    this.#janitor ??= await startJanitor([this.#cache.dir])
    await this.#janitor.watch(path)
    try {
      mkdirSync(path, { mode: 0o700 })
    } catch {
      await this.#janitor.release(path)
      return undefined
    }
    this.#open = [...this.#open, path]
    return path
  }

  /** The snapshot of this reservation was made, or will not be: what is left of it goes. */
  async release(reserved: string): Promise<void> {
    rmSync(reserved, { recursive: true, force: true })
    this.#open = this.#open.filter((path) => path !== reserved)
    await this.#janitor?.release(reserved)
    this.#trim()
  }

  /** To be called when the campaign ends. */
  async end(): Promise<void> {
    for (const path of this.#open) await this.release(path)
    await this.#janitor?.end()
    this.#janitor = undefined
  }

  #trim(): void {
    for (const { path } of surplus(listImages(this.#cache), this.#limitBytes)) {
      rmSync(path, { recursive: true, force: true })
    }
    for (const name of readdirSync(this.#cache.dir)) {
      const path = join(this.#cache.dir, name)
      if (name.startsWith('aside-') && isDead(path)) rmSync(path, { recursive: true, force: true })
    }
  }
}

/** The warm guests that have to go, least recently used first, so that the others fit into the limit. */
export function surplus(images: readonly CachedImage[], limitBytes: number): readonly CachedImage[] {
  const newestFirst = images
    .filter(({ name }) => name.startsWith('warm-'))
    .toSorted((a, b) => b.usedAt.getTime() - a.usedAt.getTime())
  let kept = 0
  return newestFirst.filter(({ sizeBytes }) => (kept += sizeBytes) > limitBytes).toReversed()
}

/** IRQLAB_WARM_LIMIT in MB, else 4000. Throws `UsageError` for what is no number. */
export function warmLimitBytes(env: NodeJS.ProcessEnv = process.env): number {
  const text = env['IRQLAB_WARM_LIMIT']
  if (text === undefined || text === '') return DEFAULT_LIMIT_BYTES
  if (!/^\d{1,9}$/.test(text))
    throw new UsageError(`IRQLAB_WARM_LIMIT=${text}: give megabytes as a whole number`)
  return Number(text) * 1e6
}

function isDead(path: string): boolean {
  const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs
  return since !== undefined && Date.now() - since > DEAD_AFTER_MS
}
