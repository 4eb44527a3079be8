/** How does a kernel that the user built become bootable? It is checked for what irqlab needs, and its modules packed. */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Trouble, UsageError } from '../base/errors.ts'
import { cacheKey, cached } from './cache.ts'
import type { ImageCache, Report } from './cache.ts'
import { findKernelConfig } from './config-search.ts'
import type { BootableKernel } from './kernel.ts'
import { missingOptions, neededToBoot, parseKernelConfig } from './kernel-config.ts'
import type { KernelConfig } from './kernel-config.ts'
import type { LocalKernelSource } from './kernel-source.ts'
import { readMicroRecipe } from './micro-recipe.ts'
import { modulesCpio } from './modules-cpio.ts'

/** The configuration symbol behind each module that the guest may be asked to load. */
const symbolOfModule: Readonly<Record<string, string>> = {
  virtio_pci: 'CONFIG_VIRTIO_PCI',
  virtio_net: 'CONFIG_VIRTIO_NET',
}

/** Throws `UsageError` when the kernel lacks what a boot needs, or its modules are not there or of another build. */
export async function localKernel(
  source: LocalKernelSource,
  cache: ImageCache,
  report: Report,
): Promise<BootableKernel> {
  const sha256 = createHash('sha256').update(readFileSync(source.bzImage)).digest('hex')
  const configPath = await findKernelConfig(source, sha256, cache, report)
  const config =
    configPath === undefined ? undefined : parseKernelConfig(readFileSync(configPath, 'utf8'), configPath)
  if (config !== undefined) refuseUnfit(source, config)
  return {
    source: source.text,
    release: source.release,
    bzImage: source.bzImage,
    modulesCpio: await packModules(source, cache, report, config),
    config: configPath,
    packageVersion: undefined,
    sha256,
  }
}

function refuseUnfit(source: LocalKernelSource, config: KernelConfig): void {
  const missing = missingOptions(config, neededToBoot, source.modulesDir !== undefined)
  if (missing.length === 0) return
  const modules = missing.some(({ found }) => found === 'm') && source.modulesDir === undefined
  const list = missing
    .map(({ option, found }) => (found === 'm' ? `${option} (it is =m)` : option))
    .join(', ')
  throw new UsageError(
    `--kernel ${source.text}: built without ${list}${modules ? '; give the modules: PATH,modules=DIR' : ''}`,
  )
}

/** Packed anew each time, because a developer rebuilds in place; equal content has an equal name, so nothing piles up. */
async function packModules(
  source: LocalKernelSource,
  cache: ImageCache,
  report: Report,
  config: KernelConfig | undefined,
): Promise<string | undefined> {
  if (source.modulesDir === undefined) return undefined
  const { modules, deviceModules } = readMicroRecipe()
  const wanted = {
    modules: modules.filter((name) => config?.get(symbolOfModule[name] ?? '') !== 'y'),
    deviceModules,
  }
  const work = mkdtempSync(join(tmpdir(), 'irqlab-modules-'))
  try {
    const tree = { dir: moduleTree(source.modulesDir, source.release), release: source.release }
    const cpio = await modulesCpio(tree, wanted, work)
    if (cpio === undefined) return undefined
    const dir = await cached(
      cache,
      `modules-${source.release}-${cacheKey(cpio)}`,
      report,
      async (partial) => {
        writeFileSync(join(partial, 'modules.cpio'), cpio)
      },
    )
    return join(dir, 'modules.cpio')
  } catch (error) {
    // The user named this directory, so what is wrong with it is a matter of usage.
    if (error instanceof Trouble && error.stage === 'image.modules') {
      throw new UsageError(`--kernel ${source.text}: ${error.message}`)
    }
    throw error
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** INSTALL_MOD_PATH, lib/modules, the directory of the release, a build tree, or just a directory with modules. */
function moduleTree(dir: string, release: string): string {
  const inside = [`lib/modules/${release}`, `usr/lib/modules/${release}`, `modules/${release}`, release]
  return inside.map((path) => join(dir, path)).find((path) => existsSync(path)) ?? dir
}
