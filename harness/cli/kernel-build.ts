/** `irqlab kernel build`: a kernel from Debian's source or a tree of one's own, with patches, and how to boot it. */
import { resolve } from 'node:path'
import { UsageError } from '../base/errors.ts'
import { type BuildBase, parseBuildBase } from '../image/build/build-base.ts'
import { buildKernel } from '../image/build/build-kernel.ts'
import { parseRange, rangePatch, resolveCommit } from '../image/build/commit-range.ts'
import type { PatchFile } from '../image/build/patch-file.ts'
import { openCache } from '../image/cache.ts'
import type { BootableKernel } from '../image/kernel.ts'
import { Progress } from '../report/progress.ts'

/** The options of the command. */
export interface KernelBuildOptions {
  readonly base: string
  readonly patch: readonly string[]
  readonly range?: string
  readonly from?: string
  readonly config?: string
  readonly json?: boolean
}

/** Prints what was built. Throws `UsageError` and `Trouble`. */
export async function kernelBuildCommand(options: KernelBuildOptions): Promise<number> {
  const progress = new Progress(process.stderr)
  try {
    const { base, difference } = await baseOf(options)
    const patches = [...difference, ...options.patch.map((path) => resolve(path))]
    const config = options.config === undefined ? undefined : resolve(options.config)
    const activity = progress.start(`building ${base.text}`)
    const kernel = await buildKernel(
      { base, patches, config },
      openCache(),
      (line) => progress.line(line),
      (words) => activity.step(words),
    )
    progress.end()
    print(kernel, options)
    return 0
  } finally {
    progress.end()
  }
}

/** A range of the base itself is the base at its end; one of another tree (`--from`) is a patch upon the base. */
async function baseOf(
  options: KernelBuildOptions,
): Promise<{ readonly base: BuildBase; readonly difference: readonly PatchFile[] }> {
  const base = parseBuildBase(options.base)
  if (options.range === undefined) {
    if (options.from !== undefined)
      throw new UsageError('--from says where --range is: give both, or neither')
    return { base, difference: [] }
  }
  const range = parseRange(options.range)
  if (options.from === undefined) {
    if (base.kind !== 'tree' || base.commit !== undefined) {
      throw new UsageError(
        `--range ${options.range}: say with --from DIR in which git tree these commits are`,
      )
    }
    await resolveCommit(base.dir, range.from, `--range ${options.range}`)
    const commit = await resolveCommit(base.dir, range.to, `--range ${options.range}`)
    return { base: parseBuildBase(`tree:${base.dir},commit=${commit}`), difference: [] }
  }
  return { base, difference: [await rangePatch(resolve(options.from), range)] }
}

function print(kernel: BootableKernel, { json, range }: KernelBuildOptions): void {
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ schema: 'irqlab.kernel/1', ...kernel }, null, 2)}\n`)
    return
  }
  const source = range === undefined ? kernel.source : `${kernel.source} (--range ${range})`
  process.stdout.write(`${kernel.release}, built from ${source}\n`)
  process.stdout.write(`${kernel.bzImage}\n`)
  process.stdout.write(`boot it: irqlab run --kernel ${kernel.bzImage}\n`)
}
