/** How does a kernel that the user built become bootable? It is checked for what irqlab needs, and its modules packed. */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Trouble, UsageError } from '../base/errors.ts'
import type { LocalKernelSource } from './bzimage-source.ts'
import { cacheKey, cached } from './cache.ts'
import type { ImageCache, Report } from './cache.ts'
import { findKernelConfig } from './config-search.ts'
import type { BootableKernel } from './kernel.ts'
import { missingOptions, neededToBoot, parseKernelConfig } from './kernel-config.ts'
import type { KernelConfig } from './kernel-config.ts'
import { modulesCpio, type ModuleTree, type WantedModules } from './modules-cpio.ts'

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
  guest: WantedModules,
): Promise<BootableKernel> {
  const sha256 = createHash('sha256').update(readFileSync(source.bzImage)).digest('hex')
  const configPath = await findKernelConfig(source, sha256, cache, report)
  const config = configPath === undefined ? undefined : readKernelConfig(configPath)
  const { modulesDir } = source
  if (config !== undefined)
    refuseUnfit(source.text, config, modulesDir !== undefined, 'give the modules: PATH,modules=DIR')
  const tree =
    modulesDir === undefined
      ? undefined
      : { dir: moduleTree(modulesDir, source.release), release: source.release }
  return {
    source: source.text,
    release: source.release,
    bzImage: source.bzImage,
    modulesCpio:
      tree === undefined ? undefined : await packModules(source.text, tree, cache, report, config, guest),
    config: configPath,
    packageVersion: undefined,
    sha256,
  }
}

/** Reads the .config at `path`. Throws `Trouble` naming the line that is none. */
export function readKernelConfig(path: string): KernelConfig {
  return parseKernelConfig(readFileSync(path, 'utf8'), path)
}

/** Throws `UsageError` naming the options without which no guest reaches SSH; `remedy` is for modules that are not there. */
export function refuseUnfit(text: string, config: KernelConfig, hasModules: boolean, remedy: string): void {
  const missing = missingOptions(config, neededToBoot, hasModules)
  if (missing.length === 0) return
  const modules = missing.some(({ found }) => found === 'm') && !hasModules
  const list = missing
    .map(({ option, found }) => (found === 'm' ? `${option} (it is =m)` : option))
    .join(', ')
  throw new UsageError(`--kernel ${text}: built without ${list}${modules ? `; ${remedy}` : ''}`)
}

/** The modules that the guest is to load and that this kernel has not built in. */
export function modulesWanted(
  config: KernelConfig | undefined,
  { modules, deviceModules }: WantedModules,
): WantedModules {
  return {
    modules: modules.filter((name) => config?.get(symbolOfModule[name] ?? '') !== 'y'),
    deviceModules,
  }
}

/** What is wrong with modules that the user named is a matter of usage. */
export function asUsage(text: string, error: unknown): unknown {
  const usage = error instanceof Trouble && error.stage === 'image.modules'
  return usage ? new UsageError(`--kernel ${text}: ${error.message}`) : error
}

/**
 * The archive of the modules. Packed anew each time, because a developer rebuilds in place; equal content has an
 * equal name, so nothing piles up. Throws `UsageError` for modules that are not there or of another build.
 */
export async function packModules(
  text: string,
  tree: ModuleTree,
  cache: ImageCache,
  report: Report,
  config: KernelConfig | undefined,
  guest: WantedModules,
): Promise<string | undefined> {
  const work = mkdtempSync(join(tmpdir(), 'irqlab-modules-'))
  try {
    const cpio = await modulesCpio(tree, modulesWanted(config, guest), work)
    if (cpio === undefined) return undefined
    const name = `modules-${tree.release}-${cacheKey(cpio)}`
    const dir = await cached(cache, name, report, async (partial) => {
      writeFileSync(join(partial, 'modules.cpio'), cpio)
    })
    return join(dir, 'modules.cpio')
  } catch (error) {
    throw asUsage(text, error)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** INSTALL_MOD_PATH, lib/modules, the directory of the release, a build tree, or just a directory with modules. */
function moduleTree(dir: string, release: string): string {
  const inside = [`lib/modules/${release}`, `usr/lib/modules/${release}`, `modules/${release}`, release]
  return inside.map((path) => join(dir, path)).find((path) => existsSync(path)) ?? dir
}
