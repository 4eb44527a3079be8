/** Where do built images live? Each is made once in a private directory and renamed into place whole. */
import { existsSync, lstatSync, readdirSync, statSync, utimesSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createHash } from 'node:crypto'
import { Deadline } from '../base/deadline.ts'
import { Trouble, UsageError, assert, messageOf } from '../base/errors.ts'
import { errnoOf } from '../host/errno.ts'
import { holdFlock } from '../host/flock.ts'
import type { Flock } from '../host/flock.ts'
import { makeDirs } from '../host/make-dirs.ts'
import { startJanitor } from '../host/janitor.ts'

/** Tells a person what is being done, one line at a time. */
export type Report = (line: string) => void

/** A directory of finished images. */
export interface ImageCache {
  /** Absolute. */
  readonly dir: string
}

/** One finished image, as `irqlab image list` shows it. */
export interface CachedImage {
  /** The directory's name: what it is, and the key of all that went into it. */
  readonly name: string
  readonly path: string
  readonly sizeBytes: number
  /** When a run last asked for it. */
  readonly usedAt: Date
}

/** Another irqlab may be fetching a kernel over a slow line. */
const lockLimitMs = 20 * 60_000

/** Silence for longer than this would look like a hang. */
const patienceMs = 1000

const stage = 'image.cache'

/** Only what bears such a name is ever listed or removed: somebody will point IRQLAB_CACHE at a directory of theirs. */
export const imageName =
  /^(kernel|built|source|tree|micro|full|initrd|modules|config|warm|memory|bisect)-([^/]+-)?[0-9a-f]{16}$/
const partialName = /^partial-\d+-\d+$/
/** A snapshot in the making (image/warm-store.ts): no lock guards it, so only pruning and age remove it. */
const asideName = /^aside-[0-9a-f]{16}$/

/** Where the cache is or will be: IRQLAB_CACHE, else `images/.cache`. Absolute. */
export function cacheDir(): string {
  return resolve(process.env['IRQLAB_CACHE'] || resolve(import.meta.dirname, '../../images/.cache'))
}

/** Opens the cache, and makes its directory; throws `UsageError` when it cannot be one. */
export function openCache(dir = cacheDir()): ImageCache {
  const absolute = resolve(dir)
  try {
    makeDirs(absolute)
  } catch (error) {
    throw new UsageError(`the image cache ${absolute} cannot be made (${messageOf(error)}): set IRQLAB_CACHE`)
  }
  return { dir: absolute }
}

/** The first 16 hex digits of the SHA-256 over the parts: part of an image's name. */
export function cacheKey(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  // Each part is preceded by its length, so that no two lists of parts can run together into the same bytes.
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}\n`).update(part)
  return hash.digest('hex').slice(0, 16)
}

/**
 * The directory of the image called `name`, built by `build` when it is not there yet. `build` fills a private directory
 * that is renamed into place when it is whole. Built once even when several irqlabs start together.
 */
export async function cached(
  cache: ImageCache,
  name: string,
  report: Report,
  build: (dir: string) => Promise<void>,
): Promise<string> {
  assert(imageName.test(name), `"${name}" is no name for an image`)
  const path = join(cache.dir, name)
  if (existsSync(path)) return noteUse(path)
  return locked(cache, report, async () => {
    if (existsSync(path)) return noteUse(path)
    await sweepPartials(cache)
    const partial = join(cache.dir, `partial-${process.pid}-${Date.now()}`)
    // Should we be killed, nothing half-made stays; sweeping is for the day on which the whole machine dies.
    const janitor = await startJanitor([cache.dir])
    try {
      await janitor.watch(partial)
      await mkdir(partial, { mode: 0o700 })
      await build(partial)
      await rename(partial, path)
    } catch (error) {
      throw explained(error, cache)
    } finally {
      await removeTree(partial)
      await janitor.end()
    }
    return path
  })
}

/** The finished image called `name`; undefined when it was not built. Its use is not noted. */
export function imageIn(cache: ImageCache, name: string): string | undefined {
  const path = join(cache.dir, name)
  return existsSync(path) ? path : undefined
}

/** So that pruning can tell what is still of use. A cache that we may only read is one all the same. */
function noteUse(path: string): string {
  const now = new Date()
  try {
    utimesSync(path, now, now)
  } catch {
    return path
  }
  return path
}

const diskTrouble: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EACCES', 'writing there is not allowed'],
  ['EROFS', 'it is on a read-only file system'],
])

function explained(error: unknown, cache: ImageCache): unknown {
  // apt, dpkg, xz and cpio say it in words.
  const said = error instanceof Trouble && error.message.includes('No space left on device')
  const why = diskTrouble.get(said ? 'ENOSPC' : (errnoOf(error) ?? ''))
  if (why === undefined) return error
  const hint = 'free some space, or set IRQLAB_CACHE to another directory'
  return new Trouble(stage, `cannot build an image in ${cache.dir}: ${why}`, {
    hint,
    cause: error,
    lasting: true,
  })
}

/** What is in the cache, sorted by name: finished images, and what builds at work or dead have there. */
export function listImages(cache: ImageCache): readonly CachedImage[] {
  const names = readdirSync(cache.dir).filter((name) => imageName.test(name) || isUnfinished(name))
  return names.sort().flatMap((name) => {
    const path = join(cache.dir, name)
    // Snapshots come and go without the lock.
    const usedAt = statSync(path, { throwIfNoEntry: false })?.mtime
    return usedAt === undefined ? [] : [{ name, path, sizeBytes: treeSize(path), usedAt }]
  })
}

function isUnfinished(name: string): boolean {
  return partialName.test(name) || asideName.test(name)
}

/** Removes the images that `keep` says no to, and what builds that died have left. Returns what was removed. */
export async function pruneImages(
  cache: ImageCache,
  report: Report,
  keep: (image: CachedImage) => boolean = () => false,
): Promise<readonly CachedImage[]> {
  return locked(cache, report, async () => {
    const doomed = listImages(cache).filter((image) => isUnfinished(image.name) || !keep(image))
    const gone: CachedImage[] = []
    for (const image of doomed) {
      if (await removeImage(cache, image, report)) gone.push(image)
    }
    return gone
  })
}

/** What is at work there under a lock of its own, by the first word of the name. */
const AT_WORK: Readonly<Record<string, string>> = {
  tree: 'a kernel is being built there',
  bisect: 'it is being bisected',
}

/** False for what somebody is at work in: that goes on. */
async function removeImage(cache: ImageCache, image: CachedImage, report: Report): Promise<boolean> {
  const work = AT_WORK[image.name.split('-')[0] ?? '']
  if (work === undefined) {
    await removeTree(image.path)
    return true
  }
  let lock
  try {
    lock = await holdFlock(image.path, stage, patienceMs)
  } catch {
    report(`${image.name} stays: ${work}`)
    return false
  }
  try {
    // It takes seconds to go: if we are killed meanwhile, half a tree must not be left under a good name.
    const going = join(cache.dir, `partial-${process.pid}-${Date.now()}`)
    await rename(image.path, going)
    await removeTree(going)
  } finally {
    await lock.release()
  }
  return true
}

async function locked<T>(cache: ImageCache, report: Report, work: () => Promise<T>): Promise<T> {
  const lock = await waitForLock(cache, report)
  try {
    return await work()
  } finally {
    await lock.release()
  }
}

async function waitForLock(cache: ImageCache, report: Report): Promise<Flock> {
  const lock = holdFlock(cache.dir, stage, lockLimitMs)
  try {
    return await new Deadline(stage, 'taking the lock', patienceMs).race(lock)
  } catch {
    report(`waiting for another irqlab that builds images in ${cache.dir}`)
    return lock
  }
}

/** Under the lock nobody builds, so every private directory was left by a build that died. */
async function sweepPartials(cache: ImageCache): Promise<void> {
  for (const name of await readdir(cache.dir)) {
    if (partialName.test(name)) await removeTree(join(cache.dir, name))
  }
}

/** A program that outlived its dead irqlab may still be writing there: hence the retries. */
async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 200 })
}

function treeSize(path: string): number {
  // A link counts as itself: a kernel's build directory has one that leads back to the sources around it.
  const here = lstatSync(path, { throwIfNoEntry: false })
  if (here === undefined) return 0
  if (!here.isDirectory()) return here.size
  return namesIn(path).reduce((sum, name) => sum + treeSize(join(path, name)), 0)
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}
