/** Which kernel is taken for a reproduction? From the lists of the mirror, or from the catalogue when it cannot be asked. */
import { messageOf } from '../base/errors.ts'
import { cacheMemory } from '../image/cache-memory.ts'
import { cacheDir } from '../image/cache.ts'
import { debianSourceText } from '../image/debian-source.ts'
import { type KernelCatalogue, readCatalogue } from '../image/kernel-catalogue.ts'
import { parseKernelSource } from '../image/kernel-source.ts'
import { mirrorKernels } from '../image/mirror-kernels.ts'
import {
  chooseKernel,
  flavourIn,
  type KernelChoice,
  type KernelSeen,
  type KernelThere,
  withoutIndex,
} from '../reproduce/kernel-choice.ts'

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
    const flavour = flavourIn(seen.release?.text ?? '', catalogue.flavours) ?? catalogue.flavour
    const there = await wholeKernels(catalogue, flavour, report)
    const series = `${seen.release?.major}.${seen.release?.minor}`
    // Not every series has every flavour: then the source matters more than what it was built for.
    const near = there.some((one) => one.series === series)
      ? there
      : await wholeKernels(catalogue, catalogue.flavour, report)
    if (near.length > 0) return chooseKernel(seen, near)
    report('the mirror has no kernel that is whole: choosing from the catalogue')
  } catch (error) {
    report(
      `the mirror cannot be asked which kernels it has (${messageOf(error)}): choosing from the catalogue`,
    )
  }
  return chooseKernel(seen, withoutIndex(catalogue.series.map(({ name }) => name)))
}

async function wholeKernels(
  catalogue: KernelCatalogue,
  flavour: string,
  report: (line: string) => void,
): Promise<readonly KernelThere[]> {
  const { kernels } = await mirrorKernels({ ...catalogue, flavour }, cacheMemory({ dir: cacheDir() }), report)
  return kernels
    .filter(({ missing }) => missing.length === 0)
    .map((kernel) => ({ ...kernel, text: debianSourceText(kernel.version, flavour, catalogue) }))
}
