/** How does a Debian kernel get into the cache? From its packages, down to what a boot needs. */
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Trouble } from '../base/errors.ts'
import { cacheKey, cached, imageIn } from './cache.ts'
import type { ImageCache, Report } from './cache.ts'
import type { DebianArchive } from './debian-archive.ts'
import { chosenFrom, notThere } from './debian-choice.ts'
import { type DebianKernel, kernelPackagePattern, kernelsIn } from './debian-kernel-index.ts'
import type { DebianKernelSource } from './debian-source.ts'
import { readFacts, writeFacts } from './image-facts.ts'
import type { BootableKernel } from './kernel.ts'
import { readMicroRecipe } from './micro-recipe.ts'
import type { WantedModules } from './modules-cpio.ts'
import { unpackedKernels } from './unpacked-kernel.ts'

/** Counts up when something else is built from the same packages. */
const builderVersion = 'kernel-2'

const stage = 'image.kernel'

/**
 * The kernel from the cache, fetched first when it is not there. Throws `UsageError` when the mirror has no such
 * version, `Trouble` when fetching fails. The newest of a series stays what it was when it was fetched, until it is pruned.
 */
export async function debianKernel(
  source: DebianKernelSource,
  cache: ImageCache,
  report: Report,
  wanted: WantedModules,
): Promise<BootableKernel> {
  const name = imageNameOf(source, wanted)
  const dir = await cached(cache, name, report, (partial) => build(partial, source, report, wanted))
  const fact = readFacts(dir)
  const archive = join(dir, 'modules.cpio')
  return {
    source: source.text,
    release: fact('release'),
    packageVersion: fact('packageVersion'),
    suites: fact('suites').split(' '),
    sha256: fact('sha256'),
    bzImage: join(dir, 'bzImage'),
    modulesCpio: existsSync(archive) ? archive : undefined,
    config: join(dir, 'config'),
  }
}

/** The package version that is in the cache for this source; undefined when it was not fetched. No network. */
export function fetchedVersion(source: DebianKernelSource, cache: ImageCache): string | undefined {
  const dir = imageIn(cache, imageNameOf(source, readMicroRecipe()))
  return dir === undefined ? undefined : readFacts(dir)('packageVersion')
}

function imageNameOf(
  { version, series, flavour }: DebianKernelSource,
  { modules, deviceModules }: WantedModules,
): string {
  const which = version ?? series.name
  const recipe = JSON.stringify([modules, deviceModules])
  return `kernel-${which}-${cacheKey(builderVersion, which, flavour, recipe)}`
}

async function build(
  dir: string,
  source: DebianKernelSource,
  report: Report,
  wanted: WantedModules,
): Promise<void> {
  // Loaded only to build: most runs find their kernel in the cache.
  const { modulesCpio } = await import('./modules-cpio.ts')
  const [work, root] = [join(dir, 'work'), join(dir, 'root')]
  mkdirSync(work)
  mkdirSync(root)
  const { archive, kernel } = await findOnMirror(source, work, report)
  const what = kernel.packages.map(({ name, version }) => `${name} ${version}`).join(', ')
  report(`${source.text}: fetching ${what} (${(kernel.sizeBytes / 1e6).toFixed(0)} MB)`)
  await archive.unpack(kernel.packages, root)
  const [found] = unpackedKernels(root)
  if (found?.config === undefined || found.tree === undefined) {
    throw new Trouble(stage, `the packages of ${kernel.version} hold no kernel, config or modules`, {
      lasting: true,
    })
  }
  const { release, image, config, tree } = found
  copyFileSync(image, join(dir, 'bzImage'))
  copyFileSync(config, join(dir, 'config'))
  const cpio = await modulesCpio({ dir: tree, release }, wanted, work)
  if (cpio !== undefined) writeFileSync(join(dir, 'modules.cpio'), cpio)
  const sha256 = createHash('sha256').update(readFileSync(image)).digest('hex')
  const { version: packageVersion, suites } = kernel
  writeFacts(dir, { release, packageVersion, suites: suites.join(' '), sha256 }, kernel.packages)
  for (const done of [work, root]) rmSync(done, { recursive: true })
}

/** Looked for in the suites of its series first, and in all others before it is said not to be there. */
async function findOnMirror(
  source: DebianKernelSource,
  work: string,
  report: Report,
): Promise<{ readonly archive: DebianArchive; readonly kernel: DebianKernel }> {
  const { series, allSuites, flavour } = source
  const all = [...new Set([...series.suites, ...allSuites])]
  const few = await lookIn(series.suites, join(work, 'series'), source, report)
  const early = chosenFrom(few.kernels, source)
  if (early !== undefined) return { archive: few.archive, kernel: early }
  const wide =
    all.length === series.suites.length ? few : await lookIn(all, join(work, 'all'), source, report)
  const kernel = chosenFrom(wide.kernels, source)
  if (kernel === undefined) throw notThere(wide.kernels, source, wide.archive.absent)
  report(`${source.text}: found in ${kernel.suites.join(', ')} (${flavour})`)
  return { archive: wide.archive, kernel }
}

async function lookIn(
  suites: readonly string[],
  dir: string,
  { text, flavour }: DebianKernelSource,
  report: Report,
): Promise<{ readonly archive: DebianArchive; readonly kernels: readonly DebianKernel[] }> {
  const { openArchive } = await import('./debian-archive.ts')
  mkdirSync(dir)
  report(`${text}: reading the package lists of ${suites.join(', ')}`)
  const archive = await openArchive(dir, suites)
  return { archive, kernels: kernelsIn(await archive.indexed(kernelPackagePattern(flavour)), flavour) }
}
