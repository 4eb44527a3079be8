/** How does a kernel become bootable that lies in .deb files of the user's own? Unpacked once, down to what a boot needs. */
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Trouble, UsageError } from '../base/errors.ts'
import { run } from '../host/shell.ts'
import { releaseOf } from './bzimage-source.ts'
import { cacheKey, cached } from './cache.ts'
import type { ImageCache, Report } from './cache.ts'
import { parseDependencies } from './debian-archive.ts'
import type { DebKernelSource } from './deb-source.ts'
import { readFacts, writeFacts } from './image-facts.ts'
import type { BootableKernel } from './kernel.ts'
import { asUsage, modulesWanted, readKernelConfig, refuseUnfit } from './local-kernel.ts'
import { modulesCpio, type WantedModules } from './modules-cpio.ts'
import { sourceRefusal } from './source-path.ts'
import { type UnpackedKernel, unpackedKernels } from './unpacked-kernel.ts'

/** Counts up when something else is made from the same packages. */
const builderVersion = 'deb-kernel-1'
const stage = 'image.deb'

/** What a package says of itself. */
interface Package {
  readonly file: string
  readonly name: string
  readonly version: string
  readonly depends: readonly string[]
}

/** Throws `UsageError` when the packages hold no kernel, two, or not all of one; `Trouble` when this host cannot unpack. */
export async function debKernel(
  source: DebKernelSource,
  cache: ImageCache,
  report: Report,
  guest: WantedModules,
): Promise<BootableKernel> {
  const digests = source.files.map((file) => createHash('sha256').update(readFileSync(file)).digest('hex'))
  const { modules, deviceModules } = guest
  const key = cacheKey(builderVersion, ...digests.sort(), JSON.stringify([modules, deviceModules]))
  const dir = await cached(cache, `kernel-deb-${key}`, report, (partial) =>
    build(partial, source, report, guest),
  )
  const fact = readFacts(dir)
  const there = (name: string) => (existsSync(join(dir, name)) ? join(dir, name) : undefined)
  return {
    source: source.text,
    release: fact('release'),
    packageVersion: fact('packageVersion'),
    sha256: fact('sha256'),
    bzImage: join(dir, 'bzImage'),
    modulesCpio: there('modules.cpio'),
    config: there('config'),
  }
}

async function build(
  dir: string,
  source: DebKernelSource,
  report: Report,
  guest: WantedModules,
): Promise<void> {
  const [work, root] = [join(dir, 'work'), join(dir, 'root')]
  mkdirSync(work)
  mkdirSync(root)
  report(`${source.text}: unpacking ${source.files.map((file) => basename(file)).join(', ')}`)
  const packages: Package[] = []
  for (const file of source.files) packages.push(await unpack(source.text, file, root))
  const [kernel, second] = unpackedKernels(root)
  if (kernel === undefined) throw sourceRefusal(source.text, source.text, withoutKernel(packages))
  if (second !== undefined) {
    throw sourceRefusal(
      source.text,
      source.text,
      `two kernels, ${kernel.release} and ${second.release}: give one`,
    )
  }
  const release = releaseOf(source.text, source.text, kernel.image)
  await packModules(dir, work, source, packages, kernel, guest)
  copyFileSync(kernel.image, join(dir, 'bzImage'))
  if (kernel.config !== undefined) copyFileSync(kernel.config, join(dir, 'config'))
  const main = packages.find(({ name }) => name.startsWith('linux-image')) ?? packages[0]
  const sha256 = createHash('sha256').update(readFileSync(kernel.image)).digest('hex')
  writeFacts(dir, { release, packageVersion: main?.version ?? '', sha256 }, packages)
  for (const done of [work, root]) rmSync(done, { recursive: true })
}

async function unpack(text: string, file: string, root: string): Promise<Package> {
  const field = async (name: string): Promise<string> => {
    const { stdout } = await run(['dpkg-deb', '--field', file, name], { stage, limitMs: 60_000 })
    return stdout.trim()
  }
  try {
    const [name, version, depends] = [await field('Package'), await field('Version'), await field('Depends')]
    await run(['dpkg-deb', '--extract', file, root], { stage, limitMs: 300_000 })
    return { file, name, version, depends: parseDependencies(`Depends: ${depends}`) }
  } catch (error) {
    // What dpkg-deb complains of is the user's file, unless it is our disk.
    if (!(error instanceof Trouble) || /No space left|quota exceeded/i.test(error.message)) throw error
    throw sourceRefusal(text, file, `it cannot be unpacked: ${error.message}`)
  }
}

/** A linux-image of 7.2 or later is a stub that depends on the packages with the kernel. */
function withoutKernel(packages: readonly Package[]): string {
  const parts = missingParts(packages)
  const names = packages.map(({ name }) => name).join(', ')
  if (parts.length === 0) return `no kernel in it: ${names}`
  return `no kernel in ${names}, which depends on ${parts.join(' and ')}: name their files too, with commas between`
}

/** Parts of a split kernel that are depended on and were not named. */
function missingParts(packages: readonly Package[]): readonly string[] {
  const given = new Set(packages.map(({ name }) => name))
  const parts = packages.flatMap(({ depends }) =>
    depends.filter((name) => /^linux-(image|base|binary|modules)-[0-9]/.test(name) && !given.has(name)),
  )
  return [...new Set(parts)]
}

async function packModules(
  dir: string,
  work: string,
  { text }: DebKernelSource,
  packages: readonly Package[],
  { config: configPath, tree, release }: UnpackedKernel,
  guest: WantedModules,
): Promise<void> {
  const config = configPath === undefined ? undefined : readKernelConfig(configPath)
  const wanted = modulesWanted(config, guest)
  const parts = [...new Set([...missingParts(packages), `linux-modules-${release}`])].join(' and ')
  if (config !== undefined)
    refuseUnfit(text, config, tree !== undefined, `name the file of the modules too: ${parts}`)
  else if (tree === undefined && wanted.modules.length > 0) {
    throw new UsageError(
      `--kernel ${text}: neither a configuration nor modules in it; name their packages too: ${parts}`,
    )
  }
  if (tree === undefined) return
  try {
    const cpio = await modulesCpio({ dir: tree, release }, wanted, work)
    if (cpio !== undefined) writeFileSync(join(dir, 'modules.cpio'), cpio)
  } catch (error) {
    throw asUsage(text, error)
  }
}
