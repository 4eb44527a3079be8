/** Can this tree be bisected between these two commits? Asked of git, before anything is cloned, built or booted. */
import { realpathSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../../base/errors.ts'
import { git, gitAnswer } from './git.ts'

/** A commit, for a person. */
export interface Commit {
  /** 40 hex digits. */
  readonly sha: string
  readonly subject: string
  /** `Name <address>`. */
  readonly author: string
  /** When it was written, ISO 8601. */
  readonly date: string
}

/** Two ends, and what lies between them. */
export interface History {
  /** The user's tree, absolute, links resolved. It is only ever read. */
  readonly tree: string
  readonly good: Commit
  readonly bad: Commit
  /** Commits that may be the first bad one, the bad end included. */
  readonly commits: number
}

/** What every Linux tree for x86 has. */
const LINUX_PATHS = ['Kbuild', 'Makefile', 'arch/x86', 'kernel/irq']

/** Throws `UsageError`, one line, when it is no Linux tree in git or the commits are not what they are said to be. */
export async function readHistory(dir: string, goodName: string, badName: string): Promise<History> {
  const tree = await treeAt(dir)
  const good = await revision(tree, '--good', goodName)
  const bad = await revision(tree, '--bad', badName)
  for (const sha of [good, bad]) {
    const there = (await git(tree, ['ls-tree', '--name-only', sha, '--', ...LINUX_PATHS])).split('\n')
    const missing = LINUX_PATHS.filter((path) => !there.includes(path))
    if (missing.length > 0) {
      const name = sha === good ? goodName : badName
      throw new UsageError(`--tree ${dir}: ${name} is no Linux tree: there is no ${missing.join(', no ')}`)
    }
  }
  if (good === bad) throw new UsageError(`--good ${goodName} and --bad ${badName} are the same commit`)
  if (!(await isAncestor(tree, good, bad))) {
    const hint = (await isAncestor(tree, bad, good)) ? ': they are the wrong way round' : ''
    throw new UsageError(`--good ${goodName} is no ancestor of --bad ${badName}${hint}`)
  }
  return {
    tree,
    good: await commitOf(tree, good),
    bad: await commitOf(tree, bad),
    commits: Number(await git(tree, ['rev-list', '--count', `${good}..${bad}`])),
  }
}

/** What git knows of a commit. */
export async function commitOf(tree: string, sha: string): Promise<Commit> {
  const text = await git(tree, ['show', '--no-patch', '--no-notes', '--format=%H%n%an <%ae>%n%aI%n%s', sha])
  const [found = sha, author = '', date = '', subject = ''] = text.split('\n')
  return { sha: found, subject, author, date }
}

async function treeAt(dir: string): Promise<string> {
  const path = resolve(dir)
  const what = statSync(path, { throwIfNoEntry: false })
  if (!what?.isDirectory()) {
    throw new UsageError(`--tree ${dir}: ${what === undefined ? 'no such directory' : 'not a directory'}`)
  }
  const { status, stdout, stderr } = await gitAnswer(path, ['rev-parse', '--show-prefix'])
  if (status !== 0) {
    throw new UsageError(
      /dubious ownership/.test(stderr)
        ? `--tree ${dir}: git does not trust a tree of another user: git config --global --add safe.directory ${path}`
        : `--tree ${dir}: no git tree`,
    )
  }
  const prefix = stdout.trim()
  if (prefix !== '') throw new UsageError(`--tree ${dir}: give the top of the tree, this is ${prefix} in it`)
  return realpathSync(path)
}

async function revision(tree: string, option: string, name: string): Promise<string> {
  // What begins with a dash is an option to git, and no name of a commit.
  const isName = name !== '' && !name.startsWith('-')
  const asked = ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]
  const { status, stdout } = isName ? await gitAnswer(tree, asked) : { status: 1, stdout: '' }
  if (status !== 0) throw new UsageError(`${option} ${JSON.stringify(name)}: no such commit in ${tree}`)
  return stdout.trim()
}

async function isAncestor(tree: string, older: string, newer: string): Promise<boolean> {
  const { status } = await gitAnswer(tree, ['merge-base', '--is-ancestor', older, newer])
  return status === 0
}
