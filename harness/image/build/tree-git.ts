/** How is git asked? With a repository, work tree and index of ours alone: the user's configuration has no part in it. */
import { join } from 'node:path'
import { Trouble } from '../../base/errors.ts'
import { run } from '../../host/shell.ts'
import { type BuildTree, OBJ } from './build-tree.ts'
import { runInTree } from './tree-process.ts'
import { FOREIGN_GIT } from './user-git.ts'

/** What a command of git works upon, beside the repository. */
export interface GitPlace {
  /** The work tree; ours when absent. */
  readonly workTree?: string
  /** The name of an index in the repository; git's own belongs to our work tree. */
  readonly index?: string
  /** Directories of objects that are read beside ours. */
  readonly alternates?: string
}

const stage = 'build.git'

/** A kernel tree on a slow disk. */
const limitMs = 15 * 60_000

/** All blobs go into one pack, instead of 90,000 files. Nothing is ever collected: the repository goes with the tree. */
const SETTINGS = [
  'core.bigFileThreshold=1',
  'core.compression=1',
  'pack.compression=1',
  'core.fsync=none',
  'core.autocrlf=false',
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'gc.auto=0',
]

function environment(tree: BuildTree, place: GitPlace): Record<string, string | undefined> {
  const { workTree = tree.src, index = 'index', alternates } = place
  return {
    ...FOREIGN_GIT,
    GIT_DIR: tree.git,
    GIT_WORK_TREE: workTree,
    GIT_INDEX_FILE: join(tree.git, index),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: alternates,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  }
}

function argvOf(words: readonly string[]): readonly string[] {
  return ['git', ...SETTINGS.flatMap((setting) => ['-c', setting]), ...words]
}

/** What git prints, without the newline at its end. Throws `Trouble` at `build.git` when it fails. */
export async function git(
  tree: BuildTree,
  words: readonly string[],
  place: GitPlace = {},
  input?: string,
): Promise<string> {
  const { stdout } = await run(argvOf(words), {
    stage,
    limitMs,
    cwd: place.workTree ?? tree.dir,
    env: environment(tree, place),
    called: `git ${words[0] ?? ''}`,
    ...(input === undefined ? {} : { input }),
  })
  return stdout.trimEnd()
}

/** Whether git succeeds, and all that it says. */
export async function gitTry(
  tree: BuildTree,
  words: readonly string[],
  place: GitPlace = {},
): Promise<{ readonly ok: boolean; readonly output: string }> {
  // The reason of a failure is in several lines, of which run() would tell the last.
  const script = '"$@" 2>&1 && echo ok || echo failed'
  const { stdout } = await run(['sh', '-c', script, 'sh', ...argvOf(words)], {
    stage,
    limitMs,
    cwd: place.workTree ?? tree.dir,
    env: environment(tree, place),
    called: `git ${words[0] ?? ''}`,
  })
  const output = stdout.trimEnd()
  return { ok: output.endsWith('ok'), output: output.replace(/\n?(ok|failed)$/, '') }
}

/** For commands that change the work tree: the next irqlab waits for one that outlives us for a moment. */
async function gitInTree(tree: BuildTree, words: readonly string[], alternates?: string): Promise<void> {
  const said: string[] = []
  const code = await runInTree(tree, argvOf(words), {
    stage,
    called: `git ${words[0] ?? ''}`,
    limitMs,
    cwd: tree.src,
    log: join(tree.dir, 'git.log'),
    env: environment(tree, alternates === undefined ? {} : { alternates }),
    onLine: (line) => said.push(line),
  })
  if (code === 0) return
  throw new Trouble(
    stage,
    `git ${words[0] ?? ''} in ${tree.src} ended with exit code ${code}: ${said.at(-1) ?? ''}`,
    {
      hint: 'if it stays so, remove the tree: irqlab image prune',
    },
  )
}

/** Makes an empty repository. */
export async function initGit(tree: BuildTree): Promise<void> {
  await run(['git', 'init', '--quiet', '--bare', tree.git], {
    stage,
    limitMs,
    env: { ...FOREIGN_GIT, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  })
  await git(tree, ['config', 'core.bare', 'false'])
}

/** Makes the work tree what `id` says, wherever a death has left it. Files that stay the same keep their times. */
export async function checkOut(tree: BuildTree, id: string, alternates?: string): Promise<void> {
  await gitInTree(tree, ['read-tree', '--reset', '-u', id], alternates)
  await gitInTree(tree, ['clean', '-ffdxq', '-e', `/${OBJ}/`])
}
