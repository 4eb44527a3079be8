/** How does the source of a Debian kernel become a tree to build in? Its version is looked up, its package unpacked. */
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError } from '../../base/errors.ts'
import { makeDirs } from '../../host/make-dirs.ts'
import { run } from '../../host/shell.ts'
import { cached, cacheKey } from '../cache.ts'
import type { ImageCache, Report } from '../cache.ts'
import type { DebianArchive, PackageVersion } from '../debian-archive.ts'
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
  const name = `source-${base.series}-${cacheKey(base.series, ...suitesOf(base).flat())}`
  const dir = await cached(cache, name, report, async (partial) => {
    // Whoever has no list has no tree either: before the lists are fetched, which are large themselves.
    needDisk(cache.dir, treeNeedsBytes, `unpacking and building linux-source-${base.series}`)
    const work = join(partial, 'work')
    const { version } = (await findPackage(base, work, report)).chosen
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
  needDisk(dirname(dir), treeNeedsBytes, `unpacking and building linux-source-${base.series}`)
  const [work, root] = [join(dir, 'work'), join(dir, 'root')]
  mkdirSync(root)
  const { archive, chosen } = await findPackage(base, work, report)
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

interface FoundPackage {
  readonly archive: DebianArchive
  readonly chosen: PackageVersion
}

/** Looks where the series is at home, then everywhere. Throws `UsageError` that names what there is. */
async function findPackage(base: DebianSourceBase, work: string, report: Report): Promise<FoundPackage> {
  const { openArchive } = await import('../debian-archive.ts')
  let all: readonly PackageVersion[] = []
  for (const [index, suites] of suitesOf(base).entries()) {
    report(`${base.text}: reading the package lists of ${suites.join(', ')}`)
    const dir = join(work, String(index))
    makeDirs(dir)
    const archive = await openArchive(dir, suites)
    all = await archive.versions(/^linux-source-\d+\.\d+$/)
    const chosen = choose(all, base)
    if (chosen !== undefined) return { archive, chosen }
  }
  throw noSuchSource(all, base)
}

function suitesOf({ series }: DebianSourceBase): readonly (readonly string[])[] {
  const catalogue = readCatalogue()
  const home = catalogue.series.find(({ name }) => name === series)
  return home === undefined ? [catalogue.suites] : [home.suites, catalogue.suites]
}

/** The newest of the series, or the version that was asked for. */
export function choose(all: readonly PackageVersion[], base: DebianSourceBase): PackageVersion | undefined {
  const ofSeries = all.filter(({ name }) => name === packageName(base))
  if (base.version !== undefined) return ofSeries.find(({ version }) => version === base.version)
  return ofSeries.toSorted((a, b) => compareDebianVersions(a.version, b.version)).at(-1)
}

/** Says what there is instead. */
export function noSuchSource(all: readonly PackageVersion[], base: DebianSourceBase): UsageError {
  const ofSeries = all.filter(({ name }) => name === packageName(base)).map(({ version }) => version)
  if (ofSeries.length > 0) {
    const known = [...new Set(ofSeries)].toSorted(compareDebianVersions).join(', ')
    return new UsageError(
      `${base.text}: Debian has no such version of ${packageName(base)}; there are ${known}`,
    )
  }
  const names = [...new Set(all.map(({ name }) => name.replace('linux-source-', 'debian-source:')))]
  const known = names.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).join(', ')
  return new UsageError(`${base.text}: Debian has no ${packageName(base)}; there are ${known || 'none'}`)
}

function packageName({ series }: DebianSourceBase): string {
  return `linux-source-${series}`
}
