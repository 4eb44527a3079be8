/** Where is a kernel built? One directory in the cache for each base: its sources, its objects, its git, under one lock. */
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Deadline } from '../../base/deadline.ts'
import { Trouble } from '../../base/errors.ts'
import { holdFlock, type Flock } from '../../host/flock.ts'
import type { Report } from '../cache.ts'

/** Parts of one such directory. All paths are absolute. */
export interface BuildTree {
  readonly dir: string
  /** The work tree that is compiled. No `.git` is in it: kbuild would put a `+` into the release. */
  readonly src: string
  /**
   * The build directory of kbuild (`O=`). Directly below the sources, kbuild calls them `..`: no name that is compiled in, such as
   * the file of a WARN, depends on where the cache is, or on whether ccache is there.
   */
  readonly obj: string
  /** The repository, apart from its work tree. */
  readonly git: string
  /** All that the last make said. */
  readonly log: string
}

/** The name of the build directory: nobody has such a one of his own. */
export const OBJ = '.irqlab-obj'

/** A build that begins may wait for one that has just begun, in the same tree. */
const lockLimitMs = 60 * 60_000

/** Silence for longer than this would look like a hang. */
const patienceMs = 1000

/** The parts of the tree in `dir`. */
export function buildTreeIn(dir: string): BuildTree {
  const part = (name: string) => join(dir, name)
  return { dir, src: part('src'), obj: join(part('src'), OBJ), git: part('git'), log: part('build.log') }
}

/** Does the work while nobody else builds or prunes there. Throws `Trouble` when that takes too long, or it is gone. */
export async function withTree<T>(tree: BuildTree, report: Report, work: () => Promise<T>): Promise<T> {
  const lock = await lockTree(tree, report)
  try {
    if (!existsSync(tree.dir)) {
      throw new Trouble('build.tree', `${tree.dir} was pruned while it was waited for: start again`)
    }
    mkdirSync(tree.obj, { recursive: true })
    return await work()
  } finally {
    await lock.release()
  }
}

async function lockTree(tree: BuildTree, report: Report): Promise<Flock> {
  const lock = holdFlock(tree.dir, 'build.lock', lockLimitMs)
  try {
    return await new Deadline('build.lock', 'taking the lock', patienceMs).race(lock)
  } catch {
    report(`waiting for another irqlab that builds a kernel in ${tree.dir}`)
    return lock
  }
}
