/** Where is a bisection kept, so that the same command goes on with it after any end? A directory in the cache, named by what was asked. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { messageOf, Trouble } from '../../base/errors.ts'
import { type Flock, holdFlock } from '../../host/flock.ts'
import { cacheKey, type ImageCache } from '../../image/cache.ts'

/** Whoever holds it holds it for hours: no use to wait. */
const LOCK_LIMIT_MS = 1500

const factsSchema = z.object({
  schema: z.literal('irqlab.bisection/1'),
  /** For a person who looks into the cache. */
  asked: z.record(z.string(), z.string()),
  seed: z.int(),
  /** Where steps, log and records are. Absolute. */
  results: z.string(),
})

/** A bisection that is ours alone until it is released. */
export interface BisectionState {
  /** Absolute. */
  readonly dir: string
  readonly journal: string
  readonly seed: number
  readonly results: string
  /** It was begun before. */
  readonly resumed: boolean
  release(): Promise<void>
}

/** What a new bisection begins with. */
export interface NewBisection {
  readonly seed: number
  /** Where its results shall go. Absolute; not made yet. */
  readonly results: string
  /** Forget what is known. */
  readonly fresh: boolean
}

/**
 * Opens the bisection that was asked for in these words (all that decides what a kernel is found to be), and begins it if
 * there is none. Throws `Trouble` when another irqlab is at work on it.
 */
export async function openBisection(
  cache: ImageCache,
  name: string,
  asked: Readonly<Record<string, string>>,
  begin: NewBisection,
): Promise<BisectionState> {
  const key = cacheKey(...Object.entries(asked).flat())
  const dir = join(cache.dir, `bisect-${name}-${key}`)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const lock = await locked(dir)
  try {
    const file = join(dir, 'bisection.json')
    const journal = join(dir, 'journal.jsonl')
    if (begin.fresh) for (const path of [file, journal]) rmSync(path, { force: true })
    const resumed = existsSync(file)
    if (!resumed) {
      const { seed, results } = begin
      // In this order: a journal is never older than its bisection.
      rmSync(journal, { force: true })
      writeWhole(file, { schema: 'irqlab.bisection/1', asked, seed, results })
    }
    const { seed, results } = factsIn(file)
    return { dir, journal, seed, results, resumed, release: () => lock.release() }
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function locked(dir: string): Promise<Flock> {
  try {
    return await holdFlock(dir, 'bisect.state', LOCK_LIMIT_MS)
  } catch (error) {
    throw new Trouble('bisect.state', `another irqlab is at work on this bisection: ${messageOf(error)}`, {
      lasting: true,
      cause: error,
    })
  }
}

function writeWhole(file: string, content: z.output<typeof factsSchema>): void {
  writeFileSync(`${file}.partial`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.partial`, file)
}

function factsIn(file: string): z.output<typeof factsSchema> {
  try {
    return factsSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    throw new Trouble('bisect.state', `${file} cannot be read: ${messageOf(error).split('\n')[0]}`, {
      lasting: true,
      hint: 'give the same command with --fresh: it begins anew',
      cause: error,
    })
  }
}
