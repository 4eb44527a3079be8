/** `irqlab kernel fetch`: makes kernels ready, each as a run would. */
import { ensurePackages } from '../host/packages.ts'
import { openCache } from '../image/cache.ts'
import { prepareKernel } from '../image/kernel.ts'
import { parseKernelSource } from '../image/kernel-source.ts'

/** All are checked before the first is fetched. Prints a line for each. Throws `UsageError` and `Trouble`. */
export async function kernelFetchCommand(kernels: readonly string[]): Promise<number> {
  const sources = kernels.map((text) => parseKernelSource(text))
  const report = (line: string) => process.stderr.write(`${line}\n`)
  await ensurePackages(report)
  const cache = openCache()
  for (const source of sources) {
    const { release, packageVersion, bzImage } = await prepareKernel(source, cache, report)
    const version = packageVersion === undefined ? '' : ` (${packageVersion})`
    process.stdout.write(`${source.text}: ${release}${version}: ${bzImage}\n`)
  }
  return 0
}
