/** The kernel as it stays in the cache: named by all that went into it, so that equal content is built once. */
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached, cacheKey } from '../cache.ts'
import type { ImageCache, Report } from '../cache.ts'
import { writeFacts } from '../image-facts.ts'
import { applyPatches, type PatchBase } from './apply-patches.ts'
import type { BuildTree } from './build-tree.ts'
import { merged, readFragment, withoutRemarks } from './config-fragment.ts'
import { builtFiles, compile, configure, type Step } from './make-kernel.ts'
import type { PatchFile } from './patch-file.ts'
import { sourceVersion } from './source-version.ts'
import { checkOut } from './tree-git.ts'

/** Counts up when the same request gives another kernel. */
const builderVersion = 'built-2'

/** What is to be built upon a base, read and checked, and who is told. */
export interface BuildJob {
  readonly patches: readonly PatchFile[]
  /** Paths of fragments of a configuration; of the later ones the word counts. */
  readonly fragments: readonly string[]
  /** Compiler and linker, with their versions. */
  readonly compiler: string
  readonly cache: ImageCache
  readonly report: Report
  readonly step: Step
}

/** The name of the product: equal sources, patches, options and tools give an equal kernel. */
export function productName(label: string, source: string, job: BuildJob): string {
  const texts = job.fragments.map((path) => withoutRemarks(readFileSync(path, 'utf8')))
  const patches = job.patches.map(({ sha256 }) => sha256)
  return `built-${label}-${cacheKey(builderVersion, source, job.compiler, String(texts.length), ...texts, ...patches)}`
}

/** The directory of a product that is there already. */
export async function findProduct(name: string, { cache, report }: BuildJob): Promise<string | undefined> {
  if (!existsSync(join(cache.dir, name))) return undefined
  return cached(cache, name, report, async () => undefined)
}

/** Builds it in this tree, whose lock is held and which was recovered. Gives the directory of the product. */
export async function buildProduct(
  name: string,
  tree: BuildTree,
  base: PatchBase,
  packageVersion: string | undefined,
  job: BuildJob,
): Promise<string> {
  // While the lock was waited for another may have built it.
  const found = await findProduct(name, job)
  if (found !== undefined) return found
  const began = performance.now()
  job.step('applying patches')
  const id = await applyPatches(tree, base, job.patches)
  job.step('updating the sources')
  await checkOut(tree, id, base.alternates)
  job.step('configuring')
  const makefile = join(tree.src, 'Makefile')
  const version = sourceVersion(readFileSync(makefile, 'utf8'), makefile)
  const wanted = merged(...job.fragments.map((path) => readFragment(path, version)))
  await configure(tree, wanted, job.compiler, `Linux ${version.release}`)
  const count = await compile(tree, job.step)
  const { bzImage, config, release } = builtFiles(tree)
  const seconds = ((performance.now() - began) / 1000).toFixed(0)
  job.report(`built ${release}: ${count} files compiled, ${seconds} s`)
  return cached(job.cache, name, job.report, async (partial) => {
    copyFileSync(bzImage, join(partial, 'bzImage'))
    copyFileSync(config, join(partial, 'config'))
    const facts = {
      release,
      packageVersion: packageVersion ?? '',
      sha256: createHash('sha256').update(readFileSync(bzImage)).digest('hex'),
      base: base.called,
      patches: job.patches.map(({ path, sha256 }) => `${sha256} ${path}`).join('\n'),
      compiler: job.compiler,
    }
    writeFacts(partial, facts, [])
  })
}
