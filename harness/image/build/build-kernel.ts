/** From a base and some patches to a kernel that boots: built where it must be, found in the cache where it can be. */
import { join } from 'node:path'
import { buildPackages, ensurePackages } from '../../host/packages.ts'
import { run } from '../../host/shell.ts'
import type { ImageCache, Report } from '../cache.ts'
import { readFacts } from '../image-facts.ts'
import type { BootableKernel } from '../kernel.ts'
import type { BuildBase, DebianSourceBase, TreeBase } from './build-base.ts'
import { type BuildJob, buildProduct, findProduct, productName } from './build-product.ts'
import { withTree } from './build-tree.ts'
import { fragmentPath, readFragment } from './config-fragment.ts'
import { debianSourceVersion, debianTree, debianTreeId } from './debian-tree.ts'
import type { Step } from './make-kernel.ts'
import { type PatchFile, readPatchFile } from './patch-file.ts'
import { recover } from './recover.ts'
import { plainName, snapshot, userTree } from './user-tree.ts'

/** What is to be built. */
export interface BuildRequest {
  readonly base: BuildBase
  /** Absolute paths of patches or mailboxes, or what was read already; applied in order. */
  readonly patches: readonly (string | PatchFile)[]
  /** The absolute path of a file with options of the user's own, added to ours. */
  readonly config?: string | undefined
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
  const { base, config } = request
  const patches = request.patches.map((one) => (typeof one === 'string' ? readPatchFile(one) : one))
  const fragments = config === undefined ? [fragmentPath] : [fragmentPath, config]
  // Before anything is fetched: a file that is not there, or a line that is none, is told at once.
  for (const path of fragments) readFragment(path, { series: '0.0', release: '0.0' })
  await ensurePackages(report, buildPackages)
  const job: BuildJob = { patches, fragments, compiler: await compilerVersion(), cache, report, step }
  const dir = base.kind === 'debian-source' ? await buildDebian(base, job) : await buildTree(base, job)
  const fact = readFacts(dir)
  return {
    source: sourceText(request, patches),
    release: fact('release'),
    bzImage: join(dir, 'bzImage'),
    modulesCpio: undefined,
    config: join(dir, 'config'),
    packageVersion: fact('packageVersion') || undefined,
    sha256: fact('sha256'),
    notes: [
      `Built from ${fact('base')} by ${fact('compiler')}, with images/kernel.config.`,
      ...patches.map(({ path, sha256 }) => `Patched with ${path} (sha256 ${sha256}).`),
    ],
  }
}

/** What was built, in one text; with Debian's source it is what `--kernel` takes. */
function sourceText({ base, config }: BuildRequest, patches: readonly PatchFile[]): string {
  const parts = [base.text, ...patches.map(({ path }) => `patch=${path}`)]
  return [...parts, ...(config === undefined ? [] : [`config=${config}`])].join(',')
}

async function buildDebian(base: DebianSourceBase, job: BuildJob): Promise<string> {
  const version = await debianSourceVersion(base, job.cache, job.report)
  const name = productName(`linux-${version}`, version, job)
  // The product outlives its tree.
  const found = await findProduct(name, job)
  if (found !== undefined) return found
  const tree = await debianTree(base, version, job.cache, job.report)
  return withTree(tree, job.report, async () => {
    await recover(tree)
    return buildProduct(name, tree, { id: debianTreeId(tree), called: `Debian's ${version}` }, version, job)
  })
}

async function buildTree(base: TreeBase, job: BuildJob): Promise<string> {
  const tree = await userTree(base, job.cache, job.report)
  return withTree(tree, job.report, async () => {
    await recover(tree)
    job.step('reading the sources')
    const source = await snapshot(tree, base)
    const name = productName(plainName(base.dir), source.id, job)
    return buildProduct(name, tree, source, undefined, job)
  })
}

/** Both programs put their marks on what they make. */
async function compilerVersion(): Promise<string> {
  const options = { stage: 'build.compile', limitMs: 30_000 }
  const texts = await Promise.all(['gcc', 'ld'].map((program) => run([program, '--version'], options)))
  return texts.map(({ stdout }) => stdout.split('\n')[0] ?? '').join('; ')
}
