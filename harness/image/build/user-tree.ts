/** How does a user's own source become a tree to build in? It is only read; what it holds goes through a repository of ours. */
import { existsSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { cached, cacheKey } from '../cache.ts'
import type { ImageCache, Report } from '../cache.ts'
import { writeFacts } from '../image-facts.ts'
import type { TreeBase } from './build-base.ts'
import { type BuildTree, buildTreeIn } from './build-tree.ts'
import { GIB, needDisk } from './disk-space.ts'
import type { PatchBase } from './apply-patches.ts'
import { resolveCommit } from './commit-range.ts'
import { git, initGit } from './tree-git.ts'
import { gitOfUser } from './user-git.ts'

const builderVersion = 'user-tree-1'

/** Sources 1.8, objects 0.4 GiB, and what the repository of ours holds beside the user's. */
const treeNeedsBytes = 3 * GIB

/** The tree in which this source is built: always the same for the same directory. Empty at first. */
export async function userTree(base: TreeBase, cache: ImageCache, report: Report): Promise<BuildTree> {
  const name = `tree-${plainName(base.dir)}-${cacheKey(builderVersion, base.dir)}`
  const dir = await cached(cache, name, report, async (partial) => {
    needDisk(cache.dir, treeNeedsBytes, `building ${base.dir}`)
    const tree = buildTreeIn(partial)
    mkdirSync(tree.src)
    await initGit(tree)
    writeFacts(partial, { of: base.dir }, [])
  })
  return buildTreeIn(dir)
}

/** The last part of the path, as the name of an image can hold it. */
export function plainName(path: string): string {
  return (
    basename(path)
      .replaceAll(/[^A-Za-z0-9._+~]+/g, '-')
      .slice(0, 60) || 'root'
  )
}

/** What is in the source now: as a tree object that our git can read. Throws `UsageError` for an unknown commit. */
export async function snapshot(tree: BuildTree, base: TreeBase): Promise<PatchBase> {
  const repository = await repositoryOf(base.dir)
  if (base.commit !== undefined) {
    const commit = await resolveCommit(base.dir, base.commit, base.text)
    const id = await gitOfUser(base.dir, ['rev-parse', '--verify', `${commit}^{tree}`])
    return { id, called: `commit ${base.commit} of ${base.dir}`, alternates: repository?.objects }
  }
  const place = { workTree: base.dir, index: 'snapshot-index' }
  if (repository !== undefined && repository.head !== undefined) {
    // Tracked files count even where .gitignore names them; what else is new counts unless .gitignore names it.
    const withObjects = { ...place, alternates: repository.objects }
    await git(tree, ['read-tree', '-m', repository.head], withObjects)
    await git(tree, ['add', '--all', '.'], withObjects)
    const id = await git(tree, ['write-tree'], withObjects)
    return { id, called: base.dir, alternates: repository.objects }
  }
  await git(tree, ['add', '--update', '.'], place)
  const files = await git(tree, ['ls-files', '-z', '--others', ...BUILD_PRODUCTS], place)
  if (files !== '')
    await git(tree, ['add', '--force', '--pathspec-from-file=-', '--pathspec-file-nul'], place, files)
  return { id: await git(tree, ['write-tree'], place), called: base.dir }
}

/**
 * What kbuild leaves in a tree without git. The .gitignore files in it name the generated ones, but Debian's own, at the top,
 * begins with a line that names everything: `!/*` takes that back, and what kbuild leaves at the top is named again.
 */
const BUILD_PRODUCTS = [
  '--exclude-per-directory=.gitignore',
  ...`!/*
.*.cmd .*.d .tmp_* *.cmd *.o *.o.* *.a *.ko *.mod *.mod.c *.so *.so.dbg *.gz *.orig *.rej *~
/.git /.config /.config.old /.version /vmlinux* /System.map /Module.symvers /modules.* /debian
/include/config /include/generated /arch/*/include/generated`
    .split(/\s+/)
    .map((pattern) => `--exclude=${pattern}`),
]

interface Repository {
  /** Where its objects are: absolute. */
  readonly objects: string
  /** The commit that is checked out; absent where nothing was ever committed. */
  readonly head: string | undefined
}

/** The user's repository, when the directory is the top of its work tree (or a bare one). */
async function repositoryOf(dir: string): Promise<Repository | undefined> {
  const isTop =
    existsSync(join(dir, '.git')) || (existsSync(join(dir, 'HEAD')) && existsSync(join(dir, 'objects')))
  if (!isTop) return undefined
  const objects = await gitOfUser(dir, ['rev-parse', '--path-format=absolute', '--git-path', 'objects'])
  const head = await gitOfUser(dir, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']).catch(
    () => undefined,
  )
  return { objects, head }
}
