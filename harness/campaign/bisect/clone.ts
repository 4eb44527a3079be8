/** Where does git bisect note what it knows? In a clone of our own that borrows the objects of the user's tree, which is never touched. */
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { git } from './git.ts'

/** Nothing is cleaned up in the background, and no hook of the user's is run. */
const QUIET = ['gc.auto=0', 'maintenance.auto=false', 'core.hooksPath=/dev/null'].flatMap((setting) => [
  '--config',
  setting,
])

/** The clone in `dir` (absolute), made when it is not there yet. Half a clone never has its name. */
export async function sharedClone(dir: string, tree: string): Promise<string> {
  const clone = join(dir, 'clone')
  if (existsSync(clone)) return clone
  const partial = `${clone}.partial`
  rmSync(partial, { recursive: true, force: true })
  await git(dir, ['clone', '--quiet', '--shared', '--no-checkout', ...QUIET, '--', tree, partial])
  renameSync(partial, clone)
  return clone
}
