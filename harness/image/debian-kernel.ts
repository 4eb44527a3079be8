/** How does a Debian kernel get into the cache? From its packages, down to what a boot needs. */
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Trouble, UsageError } from '../base/errors.ts'
import { cacheKey, cached } from './cache.ts'
import type { ImageCache, Report } from './cache.ts'
import type { DebianArchive, PackageVersion } from './debian-archive.ts'
import { readFacts, writeFacts } from './image-facts.ts'
import type { BootableKernel } from './kernel.ts'
import type { DebianKernelSource } from './kernel-source.ts'
import { readMicroRecipe } from './micro-recipe.ts'
import type { WantedModules } from './modules-cpio.ts'

/** Counts up when something else is built from the same packages. */
const builderVersion = 'kernel-1'

const stage = 'image.kernel'

/**
 * The kernel from the cache, fetched first when it is not there. Throws `UsageError` when Debian has no such version,
 * `Trouble` when fetching fails. The newest of a series stays what it was when it was fetched, until it is pruned.
 */
export async function debianKernel(
  source: DebianKernelSource,
  cache: ImageCache,
  report: Report,
): Promise<BootableKernel> {
  const { modules, deviceModules } = readMicroRecipe()
  const wanted = source.version ?? source.series.name
  const key = cacheKey(
    builderVersion,
    wanted,
    source.flavour,
    ...source.series.suites,
    JSON.stringify([modules, deviceModules]),
  )
  const dir = await cached(cache, `kernel-${wanted}-${key}`, report, (partial) =>
    build(partial, source, { modules, deviceModules }, report),
  )
  const fact = readFacts(dir)
  const archive = join(dir, 'modules.cpio')
  return {
    source: source.text,
    release: fact('release'),
    packageVersion: fact('packageVersion'),
    sha256: fact('sha256'),
    bzImage: join(dir, 'bzImage'),
    modulesCpio: existsSync(archive) ? archive : undefined,
    config: join(dir, 'config'),
  }
}

async function build(
  dir: string,
  source: DebianKernelSource,
  wanted: WantedModules,
  report: Report,
): Promise<void> {
  // Loaded only to build: most runs find their kernel in the cache.
  const { openArchive } = await import('./debian-archive.ts')
  const { modulesCpio } = await import('./modules-cpio.ts')
  const [work, root] = [join(dir, 'work'), join(dir, 'root')]
  mkdirSync(work)
  mkdirSync(root)
  report(`${source.text}: reading the package lists of ${source.series.suites.join(', ')}`)
  const archive = await openArchive(work, source.series.suites)
  const packages = await choosePackages(archive, source)
  report(`${source.text}: fetching ${packages.map(({ name, version }) => `${name} ${version}`).join(', ')}`)
  await archive.unpack(packages, root)
  const { release, image, config, tree } = findKernel(root)
  copyFileSync(image, join(dir, 'bzImage'))
  copyFileSync(config, join(dir, 'config'))
  const cpio = await modulesCpio({ dir: tree, release }, wanted, work)
  if (cpio !== undefined) writeFileSync(join(dir, 'modules.cpio'), cpio)
  const sha256 = createHash('sha256').update(readFileSync(image)).digest('hex')
  writeFacts(dir, { release, packageVersion: packages[0].version, sha256 }, packages)
  for (const done of [work, root]) rmSync(done, { recursive: true })
}

/** From 7.2 on linux-image only depends on linux-base, linux-binary and linux-modules, which hold the kernel. */
async function choosePackages(
  archive: DebianArchive,
  source: DebianKernelSource,
): Promise<readonly [PackageVersion, ...PackageVersion[]]> {
  const all = await archive.versions(new RegExp(`^linux-image-[0-9].*-${source.flavour}$`))
  const ofSeries = all.filter(({ version }) => version.startsWith(`${source.series.name}.`))
  const image =
    source.version === undefined ? newest(ofSeries) : ofSeries.find((one) => one.version === source.version)
  if (image === undefined) {
    const known = [...new Set(byVersion(ofSeries).map(({ version }) => version))].join(', ')
    const where = source.series.suites.join(', ')
    throw new UsageError(
      `--kernel ${source.text}: not in ${where}; there is ${known || 'no kernel of this series'}`,
    )
  }
  const parts = (await archive.dependencies(image)).filter((name) =>
    /^linux-(base|binary|modules)-[0-9]/.test(name),
  )
  return [image, ...parts.map((name) => ({ name, version: image.version }))]
}

/** Numbers in versions compare as numbers: 6.1.192-2 is newer than 6.1.76-1. */
export function newest(packages: readonly PackageVersion[]): PackageVersion | undefined {
  return byVersion(packages).at(-1)
}

function byVersion(packages: readonly PackageVersion[]): readonly PackageVersion[] {
  return packages.toSorted((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }))
}

interface UnpackedKernel {
  readonly release: string
  readonly image: string
  readonly config: string
  readonly tree: string
}

/** Up to 7.1 the image is in /boot and modules in /lib; later all of it is in /usr/lib/modules/RELEASE. */
function findKernel(root: string): UnpackedKernel {
  const trees = ['lib/modules', 'usr/lib/modules']
    .map((dir) => join(root, dir))
    .filter((dir) => existsSync(dir))
    .flatMap((dir) => readdirSync(dir).map((release) => ({ release, tree: join(dir, release) })))
  const found = trees[0]
  if (found === undefined) throw new Trouble(stage, 'the kernel packages hold no modules', { lasting: true })
  const { release, tree } = found
  const image = [join(root, `boot/vmlinuz-${release}`), join(tree, 'vmlinuz')].find((path) =>
    existsSync(path),
  )
  const config = [join(root, `boot/config-${release}`), join(tree, 'config')].find((path) => existsSync(path))
  if (image === undefined || config === undefined) {
    throw new Trouble(stage, `the packages of ${release} hold no vmlinuz or no config`, { lasting: true })
  }
  return { release, image, config, tree }
}
