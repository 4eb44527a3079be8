/** Failures that are known: a law that a range of kernels is declared to violate in one scenario, and why. */
import { z } from 'zod'
import { LAW_NAMES } from '../irq/laws/law-names.ts'
import { isAtLeast, type KernelRelease } from '../irq/kernel-release.ts'

const version = z.string().regex(/^\d+\.\d+(\.\d+)?$/, 'a kernel version such as 6.12 or 6.12.43')

/**
 * What a scenario file may declare. Versions are those of kernel.org: a Debian `5.10.0-30` is judged as the 5.10.218 that it was
 * built from, which it says in /proc/version.
 */
export const knownFailureSchema = z.strictObject({
  law: z.enum(LAW_NAMES),
  /** The first kernel that violates it; absent: all before `before`. */
  from: version.optional(),
  /** The first kernel that does so no more; absent: not fixed yet. */
  before: version.optional(),
  /** One sentence, with the commit or report if there is one. */
  reason: z.string().min(10),
})

/** A law that is declared to be violated by a range of kernels. */
export type KnownFailure = z.output<typeof knownFailureSchema>

/** Those of the declarations that cover this kernel. */
export function knownOn(release: KernelRelease, declared: readonly KnownFailure[]): readonly KnownFailure[] {
  return declared.filter(
    ({ from, before }) =>
      (from === undefined || isAtLeast(release, from)) &&
      (before === undefined || !isAtLeast(release, before)),
  )
}
