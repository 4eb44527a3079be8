/** From a base and some patches to a kernel that boots: built where it must be, found in the cache where it can be. */
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePackages, buildPackages } from '../../host/packages.ts'
import { run } from '../../host/shell.ts'
import { cached, cacheKey } from '../cache.ts'
import type { ImageCache, Report } from '../cache.ts'
import { readFacts, writeFacts } from '../image-facts.ts'
import type { BootableKernel } from '../kernel.ts'
import { applyPatches, type PatchBase } from './apply-patches.ts'
import type { BuildBase } from './build-base.ts'
import { type BuildTree, withTree } from './build-tree.ts'
import { fragmentPath, merged, readFragment } from './config-fragment.ts'
import { debianSourceVersion, debianTree, debianTreeId } from './debian-tree.ts'
import { builtFiles, compile, configure, type Step } from './make-kernel.ts'
import { type PatchFile, readPatchFile } from './patch-file.ts'
import { sourceVersion } from './source-version.ts'
import { checkOut, sweepGitLocks } from './tree-git.ts'
import { plainName, snapshot, userTree } from './user-tree.ts'

/** What is to be built. */
export interface BuildRequest {
  readonly base: BuildBase
  /** Paths of patches or mailboxes, applied in order. */
  readonly patches: readonly string[]
  /** A file with options of the user's own, added to ours. */
  readonly config?: string | undefined
}

/** Counts up when the same request gives another kernel. */
const builderVersion = 'built-1'

/** What was asked for, read and checked. */
interface ReadRequest {
  readonly base: BuildBase
  readonly patches: readonly PatchFile[]
  /** The texts of all fragments. */
  readonly fragments: readonly string[]
  readonly fragmentFiles: readonly string[]
  /** Compiler and linker, with their versions. */
  readonly compiler: string
}

/**
 * The kernel, built first when no equal one is in the cache. `step` is told what is being done.
 * Throws `UsageError` for a patch that does not apply or an option that cannot be had, `Trouble` at `build.compile` (lasting)
 * with the first errors when it does not compile, and `Trouble` for network, disk and packages.
 */
export async function buildKernel(
  request: BuildRequest,
  cache: ImageCache,
  report: Report,
  step: Step = () => undefined,
): Promise<BootableKernel> {
  const patches = request.patches.map(readPatchFile)
  const fragmentFiles = [fragmentPath, ...(request.config === undefined ? [] : [request.config])]
  // Read once before anything is fetched: a missing or malformed file is told at once.
  for (const path of fragmentFiles) readFragment(path, { series: '0.0', release: '0.0' })
  await ensurePackages(report, buildPackages)
  const read: ReadRequest = {
    base: request.base,
    patches,
    fragments: fragmentFiles.map((path) => readFileSync(path, 'utf8')),
    fragmentFiles,
    compiler: await compilerVersion(),
  }
  const dir =
    request.base.kind === 'debian-source'
      ? await buildDebian({ ...read, base: request.base }, cache, report, step)
      : await buildTree({ ...read, base: request.base }, cache, report, step)
  const fact = readFacts(dir)
  const packageVersion = fact('packageVersion')
  return {
    source: sourceText(request),
    release: fact('release'),
    bzImage: join(dir, 'bzImage'),
    modulesCpio: undefined,
    config: join(dir, 'config'),
    packageVersion: packageVersion === '' ? undefined : packageVersion,
    sha256: fact('sha256'),
  }
}

/** As `--kernel` takes it where it does: `debian-source:6.12,patch=fix.patch`. */
export function sourceText({ base, patches, config }: BuildRequest): string {
  const parts = [base.text, ...patches.map((path) => `patch=${path}`)]
  return [...parts, ...(config === undefined ? [] : [`config=${config}`])].join(',')
}

type Of<K extends BuildBase['kind']> = ReadRequest & { readonly base: Extract<BuildBase, { kind: K }> }

async function buildDebian(
  request: Of<'debian-source'>,
  cache: ImageCache,
  report: Report,
  step: Step,
): Promise<string> {
  const version = await debianSourceVersion(request.base, cache, report)
  const name = productName(`linux-${version}`, request, version)
  // The product outlives its tree.
  if (existsSync(join(cache.dir, name))) return cached(cache, name, report, async () => undefined)
  const tree = await debianTree(request.base, version, cache, report)
  return withTree(tree, report, () =>
    buildIn(
      tree,
      request,
      name,
      cache,
      report,
      step,
      { id: debianTreeId(tree), called: `Debian's ${version}` },
      version,
    ),
  )
}

async function buildTree(
  request: Of<'tree'>,
  cache: ImageCache,
  report: Report,
  step: Step,
): Promise<string> {
  const tree = await userTree(request.base, cache, report)
  return withTree(tree, report, async () => {
    sweepGitLocks(tree)
    const base = await snapshot(tree, request.base, report)
    const name = productName(plainName(request.base.dir), request, base.id)
    return buildIn(tree, request, name, cache, report, step, base, '')
  })
}

/** Equal sources, patches, options and tools give an equal kernel. */
function productName(label: string, { patches, fragments, compiler }: ReadRequest, source: string): string {
  const parts = [builderVersion, source, compiler, ...fragments, ...patches.map(({ sha256 }) => sha256)]
  return `built-${label}-${cacheKey(...parts)}`
}

async function buildIn(
  tree: BuildTree,
  request: ReadRequest,
  name: string,
  cache: ImageCache,
  report: Report,
  step: Step,
  base: PatchBase,
  packageVersion: string,
): Promise<string> {
  if (existsSync(join(cache.dir, name))) return cached(cache, name, report, async () => undefined)
  sweepGitLocks(tree)
  step('applying patches')
  const id = await applyPatches(tree, base, request.patches)
  step('updating the sources')
  await checkOut(tree, id, base.alternates)
  const makefile = join(tree.src, 'Makefile')
  const version = sourceVersion(readFileSync(makefile, 'utf8'), makefile)
  step('configuring')
  const wanted = merged(...request.fragmentFiles.map((path) => readFragment(path, version)))
  await configure(tree, wanted, request.compiler, `Linux ${version.release}`)
  const began = performance.now()
  const count = await compile(tree, step)
  const built = builtFiles(tree)
  report(
    `built ${built.release}: ${count} files compiled in ${((performance.now() - began) / 1000).toFixed(0)} s`,
  )
  return cached(cache, name, report, async (partial) => {
    copyFileSync(built.bzImage, join(partial, 'bzImage'))
    copyFileSync(built.config, join(partial, 'config'))
    const sha256 = createHash('sha256').update(readFileSync(built.bzImage)).digest('hex')
    const patches = request.patches.map(({ path, sha256: hash }) => `${hash} ${path}`).join('\n')
    const facts = {
      release: built.release,
      packageVersion,
      sha256,
      base: base.called,
      patches,
      compiler: request.compiler,
    }
    writeFacts(partial, facts, [])
  })
}

/** Both programs put their marks on what they make. */
async function compilerVersion(): Promise<string> {
  const options = { stage: 'build.compile', limitMs: 30_000 }
  const texts = await Promise.all(['gcc', 'ld'].map((program) => run([program, '--version'], options)))
  return texts.map(({ stdout }) => stdout.split('\n')[0] ?? '').join('; ')
}
