/** What is known of a run while it goes on. */
import type { Starvation } from '../host/starvation.ts'
import { parseKernelRelease } from '../irq/kernel-release.ts'
import type { Verdict } from '../irq/verdict.ts'
import { type KnownFailure, knownOn, type SeenMessage } from '../scenario/known-failure.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { ChipPrediction } from './job.ts'

/** What is known of a run, filled as it goes: whatever ends it, this is what it has to tell. */
export interface Progress {
  verdicts: readonly Verdict[]
  /** What the kernel said that is declared for it. */
  messages: readonly SeenMessage[]
  predictions?: readonly ChipPrediction[] | undefined
  release: string | undefined
  /** The version of kernel.org behind it: declarations of known failures speak of that. */
  version: string | undefined
  spawnToReadyMs: number | undefined
  /** Patterns of complaints that acts of ours have provoked, and that say nothing of the kernel. */
  provoked: () => readonly RegExp[]
  /** What the vCPUs were given from QEMU's start to the end of the scenario. */
  vcpus: Starvation | undefined
}

/** The failures that are declared for the kernel that was booted; none while it is not known. */
export function knownHere(
  scenario: Scenario,
  { version }: Pick<Progress, 'version'>,
): readonly KnownFailure[] {
  return version === undefined ? [] : knownOn(parseKernelRelease(version), scenario.known)
}
