/** How `try` and `bisect` get their kernels: an interface, so that a test need not wait for a compiler, and the builder that compiles. */
import { buildKernel } from '../image/build/build-kernel.ts'
import { parseBuildBase } from '../image/build/build-base.ts'
import { readPatchFile } from '../image/build/patch-file.ts'
import { openCache } from '../image/cache.ts'
import type { BootableKernel } from '../image/kernel.ts'

/** Builds kernels. */
export interface KernelBuilder {
  /** Throws `UsageError` when the base cannot be meant, or a file is no patch; builds nothing. */
  check(base: string, patches: readonly string[]): void
  /**
   * The kernel from this base with these patches (absolute paths), from the cache where it is there. `step` gets what is
   * being done, `report` lines that stay. Throws `UsageError` for a patch that does not apply, `Trouble` at
   * `build.compile` for a kernel that does not compile.
   */
  build(
    base: string,
    patches: readonly string[],
    step: (words: string) => void,
    report: (line: string) => void,
  ): Promise<BootableKernel>
}

/** Compiles what is not in the cache. */
export const compilingBuilder: KernelBuilder = {
  check(base, patches) {
    parseBuildBase(base)
    for (const path of patches) readPatchFile(path)
  },
  build: (base, patches, step, report) =>
    buildKernel({ base: parseBuildBase(base), patches }, openCache(), report, step),
}
