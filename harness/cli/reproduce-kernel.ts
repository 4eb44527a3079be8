/** Which kernel is taken for a reproduction? From the lists of the mirror, or from the catalogue when it cannot be asked. */
import { messageOf } from '../base/errors.ts'
import { cacheMemory } from '../image/cache-memory.ts'
import { cacheDir } from '../image/cache.ts'
import { readCatalogue } from '../image/kernel-catalogue.ts'
import { parseKernelSource } from '../image/kernel-source.ts'
import { mirrorKernels } from '../image/mirror-kernels.ts'
import { chooseKernel, type KernelChoice, type KernelSeen, withoutIndex } from '../reproduce/kernel-choice.ts'

/** Chooses. Throws `UsageError` for a --kernel that is none. */
export async function kernelFor(
  seen: KernelSeen,
  given: string | undefined,
  report: (line: string) => void,
): Promise<KernelChoice> {
  if (given !== undefined) {
    parseKernelSource(given)
    return {
      kernel: given,
      closeness: 'given',
      sentence: `chosen with --kernel; the machine had ${seen.release?.text ?? 'one that was not read'}`,
    }
  }
  const catalogue = readCatalogue()
  try {
    const { kernels } = await mirrorKernels(catalogue, cacheMemory({ dir: cacheDir() }), report)
    const whole = kernels.filter(({ missing }) => missing.length === 0)
    if (whole.length > 0) return chooseKernel(seen, whole)
    report('the mirror has no kernel that is whole: choosing from the catalogue')
  } catch (error) {
    report(
      `the mirror cannot be asked which kernels it has (${messageOf(error)}): choosing from the catalogue`,
    )
  }
  return chooseKernel(seen, withoutIndex(catalogue.series.map(({ name }) => name)))
}
