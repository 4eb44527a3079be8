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
  #janitor: Promise<Janitor> | undefined
  /** Reserved directories, by where the snapshot belongs. */
  readonly #making = new Map<string, string>()

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

  /**
   * An empty directory for making the snapshot that belongs at `dir`; it goes with us if we die. Undefined when another run
   * of this campaign makes it, or the cache cannot be written.
   */
  async reserve(dir: string): Promise<string | undefined> {
    if (this.#making.has(dir)) return undefined
    const path = join(this.#cache.dir, `aside-${randomBytes(8).toString('hex')}`)
    this.#making.set(dir, path)
    // One for all, also when several runs ask at once.
    this.#janitor ??= startJanitor([this.#cache.dir])
    const janitor = await this.#janitor
    await janitor.watch(path)
    try {
      mkdirSync(path, { mode: 0o700 })
    } catch {
      this.#making.delete(dir)
      await janitor.release(path)
      return undefined
    }
    return path
  }

  /** The snapshot of this reservation was made, or will not be: what is left of it goes. */
  async release(reserved: string): Promise<void> {
    const wasMade = !existsSync(reserved)
    rmSync(reserved, { recursive: true, force: true })
    for (const [dir, path] of this.#making) if (path === reserved) this.#making.delete(dir)
    await (await this.#janitor)?.release(reserved)
    if (wasMade) this.#trim()
  }

  /** To be called when the campaign ends. */
  async end(): Promise<void> {
    for (const path of this.#making.values()) await this.release(path)
    await (await this.#janitor)?.end()
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
