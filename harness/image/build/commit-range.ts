/** What lies between two commits? As one patch: the difference, not each step on the way. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../../base/errors.ts'
import { type PatchFile, readPatchFile } from './patch-file.ts'
import { gitOfUser } from './user-git.ts'

/** Two names of commits, as written. */
export interface CommitRange {
  readonly from: string
  readonly to: string
}

/** Reads `A..B`; an empty B is HEAD. Throws `UsageError`. */
export function parseRange(text: string): CommitRange {
  const [, from, to] = /^([^-\s.][^\s]*?)\.\.([^-\s.][^\s]*)?$/.exec(text) ?? []
  if (from !== undefined) return { from, to: to ?? 'HEAD' }
  throw new UsageError(`--range ${text}: give two commits as A..B`)
}

/** The difference as a patch, called by the range. Throws `UsageError` for unknown commits, and for no difference. */
export async function rangePatch(dir: string, range: CommitRange): Promise<PatchFile> {
  const called = `--range ${range.from}..${range.to}`
  const commits = await Promise.all([range.from, range.to].map((name) => resolveCommit(dir, name, called)))
  const work = mkdtempSync(join(tmpdir(), 'irqlab-range-'))
  try {
    // By way of a file: sources are not all of one encoding.
    const path = join(work, 'diff')
    await gitOfUser(dir, ['diff', ...diffFormat, `--output=${path}`, ...commits])
    if (statSync(path).size === 0) {
      throw new UsageError(`${called}: there is no difference between the two in ${dir}`)
    }
    return { ...readPatchFile(path), path: `${range.from}..${range.to}` }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** Whatever the user's configuration makes of a diff, this is what git apply takes. */
const diffFormat = [
  '--binary',
  '--full-index',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-renames',
  '--src-prefix=a/',
  '--dst-prefix=b/',
]

/** The whole name of a commit in the repository of `dir`. Throws `UsageError`, beginning with `called`. */
export async function resolveCommit(dir: string, name: string, called: string): Promise<string> {
  try {
    return await gitOfUser(dir, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`])
  } catch {
    throw new UsageError(`${called}: ${dir} has no commit ${name}`)
  }
}
