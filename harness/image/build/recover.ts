/** What has a death left in a build tree? Put right before anything else is done there. */
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Trouble } from '../../base/errors.ts'
import type { BuildTree } from './build-tree.ts'
import { runInTree } from './tree-process.ts'

/** A file in the build directory while a make is at work; one that ends in order removes it. */
export function markerOf(tree: BuildTree): string {
  return join(tree.obj, '.irqlab-at-work')
}

/**
 * Waits for what a dead irqlab has left running, removes the locks of a git that was killed, and whatever a make that was killed
 * may have half-written. Under the tree's lock. Throws `Trouble` when the predecessor does not end.
 */
export async function recover(tree: BuildTree): Promise<void> {
  // It gets the lock that all commands in a tree hold, or waits for it.
  const code = await runInTree(tree, ['true'], {
    stage: 'build.tree',
    called: 'waiting for the end of an earlier build',
    limitMs: 60_000,
    cwd: tree.dir,
    log: '/dev/null',
  })
  if (code !== 0) throw new Trouble('build.tree', `an earlier build is still at work in ${tree.dir}`)
  for (const name of readdirSync(tree.git)) {
    if (name.endsWith('.lock')) rmSync(join(tree.git, name), { force: true })
  }
  removeHalfWritten(tree)
}

/** Whatever was written since the marker was may be half of what it should be. */
function removeHalfWritten(tree: BuildTree): void {
  const began = statSync(markerOf(tree), { throwIfNoEntry: false })?.mtimeMs
  if (began === undefined) return
  for (const entry of readdirSync(tree.obj, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const writtenMs = entry.isFile() ? statSync(path, { throwIfNoEntry: false })?.mtimeMs : undefined
    // The marker itself goes last: we may be killed too.
    if (writtenMs !== undefined && writtenMs >= began && path !== markerOf(tree))
      rmSync(path, { force: true })
  }
  rmSync(markerOf(tree), { force: true })
}
