/** Failures that are known: a law that a range of kernels is declared to violate in one scenario, or a message it prints, and why. */
import { z } from 'zod'
import { LAW_NAMES } from '../irq/laws/law-names.ts'
import { isAtLeast, type KernelRelease } from '../irq/kernel-release.ts'

const version = z.string().regex(/^\d+\.\d+(\.\d+)?$/, 'a kernel version such as 6.12 or 6.12.43')

/**
 * What a scenario file may declare. Versions are those of kernel.org: a Debian `5.10.0-30` is judged as the 5.10.218 that it was
 * built from, which it says in /proc/version.
 */
export const knownFailureSchema = z
  .strictObject({
    /** The law that is violated. */
    law: z.enum(LAW_NAMES).optional(),
    /**
     * Or what the kernel prints: a pattern for one of those complaints that it survives (guest/declared-messages.ts). A
     * panic, an oops or a stall cannot be declared.
     */
    message: z
      .instanceof(RegExp, { error: 'a pattern such as /set affinity failed/' })
      .refine(({ flags }) => flags === '', 'a pattern without flags, so that it has no state')
      .refine((pattern) => !pattern.test(''), 'a pattern that says which message is meant')
      .optional(),
    /** The first kernel that violates it; absent: all before `before`. */
    from: version.optional(),
    /** The first kernel that does so no more; absent: not fixed yet. */
    before: version.optional(),
    /** One sentence, with the commit or report if there is one. */
    reason: z.string().min(10),
  })
  .refine(({ law, message }) => (law === undefined) !== (message === undefined), {
    message: 'declare a law or a message, one at a time',
  })

/** A law, or a kernel message, that a range of kernels is declared to violate or to print. */
export type KnownFailure = z.output<typeof knownFailureSchema>

/** A declared message that the kernel did print. Plain data: records hold it. */
export interface SeenMessage {
  /** The declared pattern. */
  readonly pattern: string
  /** The first line that it fits, without priority and time. */
  readonly line: string
  /** Lines that it fits. The kernel's rate limit may have swallowed more. */
  readonly count: number
  /** Why it is known. */
  readonly reason: string
}

/** Those of the declared messages that were printed. `printed` gives the lines of a log that are complaints and fit. */
export function messagesSeen(
  known: readonly KnownFailure[],
  printed: (pattern: RegExp) => readonly string[],
): readonly SeenMessage[] {
  return known.flatMap(({ message, reason }) => {
    const lines = message === undefined ? [] : printed(message)
    const [line] = lines
    return message === undefined || line === undefined
      ? []
      : [{ pattern: message.source, line, count: lines.length, reason }]
  })
}

/** The patterns among the declarations. */
export function patternsOf(known: readonly KnownFailure[]): readonly RegExp[] {
  return known.flatMap(({ message }) => message ?? [])
}

/** Those of the declarations that cover this kernel. */
export function knownOn(release: KernelRelease, declared: readonly KnownFailure[]): readonly KnownFailure[] {
  return declared.filter(
    ({ from, before }) =>
      (from === undefined || isAtLeast(release, from)) &&
      (before === undefined || !isAtLeast(release, before)),
  )
}
