/** `irqlab kernel build`: a kernel from Debian's source or a tree of one's own, with patches, and how to boot it. */
import { resolve } from 'node:path'
import { UsageError } from '../base/errors.ts'
import { openCache } from '../image/cache.ts'
import { parseBuildBase } from '../image/build/build-base.ts'
import { buildKernel } from '../image/build/build-kernel.ts'
import { Progress } from '../report/progress.ts'

/** The options of the command. */
export interface KernelBuildOptions {
  readonly base: string
  readonly patch: readonly string[]
  readonly config?: string
  readonly json?: boolean
}

/** Prints what was built. Throws `UsageError` and `Trouble`. */
export async function kernelBuildCommand(options: KernelBuildOptions): Promise<number> {
  const base = parseBuildBase(options.base)
  const patches = options.patch.map((path) => resolve(path))
  const config = options.config === undefined ? undefined : resolve(options.config)
  if (patches.includes('')) throw new UsageError('--patch is empty')
  const progress = new Progress(process.stderr)
  const activity = progress.start(`building ${options.base}`)
  try {
    const kernel = await buildKernel(
      { base, patches, config },
      openCache(),
      (line) => progress.line(line),
      (words) => activity.step(words),
    )
    progress.end()
    if (options.json === true) {
      process.stdout.write(`${JSON.stringify({ schema: 'irqlab.kernel/1', ...kernel }, null, 2)}\n`)
      return 0
    }
    process.stdout.write(`${kernel.bzImage}\n`)
    process.stdout.write(`${kernel.release}, from ${kernel.source}\n`)
    process.stdout.write(`boot it: irqlab run --kernel ${kernel.bzImage}\n`)
    return 0
  } finally {
    progress.end()
  }
}
