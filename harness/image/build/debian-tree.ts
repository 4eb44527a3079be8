/** How does the source of a Debian kernel become a tree to build in? Its version is looked up, its package unpacked. */
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../../base/errors.ts'
import { run } from '../../host/shell.ts'
import { cached, cacheKey } from '../cache.ts'
import type { ImageCache, Report } from '../cache.ts'
import type { DebianArchive } from '../debian-archive.ts'
import { compareDebianVersions } from '../debian-version.ts'
import { readFacts, writeFacts } from '../image-facts.ts'
import { readCatalogue } from '../kernel-catalogue.ts'
import type { DebianSourceBase } from './build-base.ts'
import { type BuildTree, buildTreeIn } from './build-tree.ts'
import { GIB, needDisk } from './disk-space.ts'
import { git, initGit } from './tree-git.ts'

/** Counts up when trees are made in another way. */
const builderVersion = 'tree-1'

const stage = 'build.source'

/** Measured on 7.3: package 0.3, its archive 0.2, unpacked 1.8, git 0.4, objects 0.4 GiB. */
const treeNeedsBytes = 4 * GIB

/**
 * The exact version that is meant. The newest of a series stays what it was when it was first asked for, until the cache is
 * pruned. Throws `UsageError` when Debian has no such source, and names those there are.
 */
export async function debianSourceVersion(
  base: DebianSourceBase,
  cache: ImageCache,
  report: Report,
): Promise<string> {
  if (base.version !== undefined) return base.version
  const suites = allSuites()
  const name = `source-${base.series}-${cacheKey(base.series, ...suites)}`
  const dir = await cached(cache, name, report, async (partial) => {
    const { openArchive } = await import('../debian-archive.ts')
    report(`${base.text}: reading the package lists of ${suites.join(', ')}`)
    const work = join(partial, 'work')
    mkdirSync(work)
    const { version } = await choosePackage(await openArchive(work, suites), base)
    rmSync(work, { recursive: true })
    writeFacts(partial, { version }, [{ name: packageName(base), version }])
  })
  return readFacts(dir)('version')
}

/** The tree of this version, fetched and unpacked first when it is not there. Throws `UsageError` and `Trouble`. */
export async function debianTree(
  base: DebianSourceBase,
  version: string,
  cache: ImageCache,
  report: Report,
): Promise<BuildTree> {
  const name = `tree-linux-${version}-${cacheKey(builderVersion, version)}`
  const dir = await cached(cache, name, report, (partial) => unpack(partial, { ...base, version }, report))
  return buildTreeIn(dir)
}

/** The name of the tree object that is Debian's source, untouched. */
export function debianTreeId(tree: BuildTree): string {
  return readFacts(tree.dir)('treeId')
}

async function unpack(dir: string, base: DebianSourceBase, report: Report): Promise<void> {
  needDisk(dir, treeNeedsBytes, `unpacking and building linux-source-${base.series}`)
  const { openArchive } = await import('../debian-archive.ts')
  const [work, root] = [join(dir, 'work'), join(dir, 'root')]
  mkdirSync(work)
  mkdirSync(root)
  report(`${base.text}: reading the package lists`)
  const archive = await openArchive(work, allSuites())
  const chosen = await choosePackage(archive, base)
  report(`${base.text}: fetching ${chosen.name} ${chosen.version}`)
  await archive.unpack([chosen], root)
  report(`${base.text}: unpacking ${chosen.name}`)
  const tarball = join(root, `usr/src/${chosen.name}.tar.xz`)
  await run(['tar', '--extract', '--no-same-owner', '--file', tarball, '--directory', dir], {
    stage,
    limitMs: 15 * 60_000,
    called: `tar --extract of ${chosen.name}`,
  })
  const tree = buildTreeIn(dir)
  renameSync(join(dir, chosen.name), tree.src)
  for (const done of [work, root]) rmSync(done, { recursive: true })
  await initGit(tree)
  // Debian's own .gitignore would leave out nearly everything.
  await git(tree, ['add', '--all', '--force', '.'], { workTree: tree.src })
  const treeId = await git(tree, ['write-tree'])
  writeFacts(dir, { of: `${chosen.name} ${chosen.version}`, version: chosen.version, treeId }, [chosen])
}

async function choosePackage(archive: DebianArchive, base: DebianSourceBase) {
  const all = await archive.versions(/^linux-source-\d+\.\d+$/)
  const ofSeries = all.filter(({ name }) => name === packageName(base))
  if (ofSeries.length === 0) {
    const names = [...new Set(all.map(({ name }) => name.replace('linux-source-', 'debian-source:')))]
    const known = names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).join(', ')
    throw new UsageError(`${base.text}: Debian has no ${packageName(base)}; there are ${known || 'none'}`)
  }
  const byVersion = ofSeries.toSorted((a, b) => compareDebianVersions(a.version, b.version))
  const chosen =
    base.version === undefined ? byVersion.at(-1) : byVersion.find(({ version }) => version === base.version)
  if (chosen === undefined) {
    const known = [...new Set(byVersion.map(({ version }) => version))].join(', ')
    throw new UsageError(
      `${base.text}: Debian has no such version of ${packageName(base)}; there are ${known}`,
    )
  }
  return chosen
}

function packageName({ series }: DebianSourceBase): string {
  return `linux-source-${series}`
}

function allSuites(): readonly string[] {
  return readCatalogue().suites
}
