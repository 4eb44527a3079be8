/** What a worker is told, and what it tells back. Plain data: it crosses a process border, one day a machine border. */
import type { LimitName } from '../base/limits.ts'
import type { Leak } from '../base/scope.ts'
import type { Machine } from '../guest/machine.ts'
import type { GuestState } from '../guest/snapshot.ts'
import type { GuestImage } from '../image/guest-image.ts'
import type { Starvation } from '../host/starvation.ts'
import type { MovePrediction } from '../irq/irqchip.ts'
import type { Verdict } from '../irq/verdict.ts'
import type { SeenMessage } from '../scenario/known-failure.ts'
import type { Conclusion } from './outcome.ts'

/** The guest of a job. */
export type JobGuest = Pick<GuestImage, 'flavour' | 'initramfs' | 'disk' | 'login' | 'balancers'>

/** One run, as a worker is told of it. All paths are absolute. */
export interface Job {
  readonly scenario: { readonly name: string; readonly file: string }
  readonly machine: Machine
  /** Absent: the boot loader on the guest's disk starts its own. */
  readonly bzImage?: string
  readonly initrd?: string
  /** What the kernel was built with; absent: nobody knows. */
  readonly kernelConfig?: string
  /** What is booted beside the kernel, and how it is entered. */
  readonly guest: JobGuest
  readonly qemu: { readonly path: string; readonly majorVersion: number }
  readonly accel: 'kvm' | 'tcg'
  readonly seed: number
  readonly append: string
  readonly qemuArgs: readonly string[]
  readonly timeoutScale: number
  /** How long the body may go round and round; absent: one round. */
  readonly soakSeconds?: number
  /** What a slow or crowded host adds to it (campaign/pace.ts); absent: 1. */
  readonly limitsFactor?: number
  /** Absolute; exists, and is the worker's alone. */
  readonly evidenceDir: string
  /** The snapshot to start from, there or not; absent: boot. */
  readonly snapshot?: SnapshotJob
  /** After the verdicts: wait with the guest running until told to end. */
  readonly keep: boolean
  /** Laws to judge by instead of the predicted ones: only our own tests set it. */
  readonly judgeAs?: 'deferred' | 'immediate'
}

/** Where the guest of a run may have been put aside, and where it may be. */
export interface SnapshotJob {
  /** Absolute. */
  readonly dir: string
  readonly key: string
  readonly state: GuestState
  /** An empty directory to make it in; absent: this run does not make it. */
  readonly partial?: string
}

/** How the guest came to run. */
export interface WorkerGuestStart {
  readonly type: 'start'
  readonly how: 'cold' | 'warm'
  /** When the snapshot was made, ISO 8601. */
  readonly savedAt?: string
}

/** A line for a person, worth keeping in the record. */
export interface WorkerNote {
  readonly type: 'note'
  readonly words: string
}

/** Progress of a run, for a person. */
export interface WorkerProgress {
  readonly type: 'progress'
  readonly words: string
}

/** QEMU is about to be started with this argv. */
export interface WorkerStarted {
  readonly type: 'qemu'
  readonly argv: readonly string[]
}

/** The guest has reached a stage of its boot. */
export interface WorkerStage {
  readonly type: 'stage'
  readonly stage: LimitName
}

/** What was predicted of the moves of an irqchip. */
export interface ChipPrediction extends Pick<MovePrediction, 'kind' | 'cleanup'> {
  readonly chip: string
}

/** The end of a run: what it means and what was seen. */
export interface WorkerResult {
  readonly type: 'result'
  readonly conclusion: Conclusion
  readonly verdicts: readonly Verdict[]
  /** What the kernel said that the scenario declares for it; absent when the log was not read. */
  readonly messages?: readonly SeenMessage[]
  /** One for each irqchip that a move was asked of; absent when none was. */
  readonly predictions?: readonly ChipPrediction[] | undefined
  readonly release: string | undefined
  readonly spawnToReadyMs: number | undefined
  /** What the vCPUs were given; absent when the scenario did not end. */
  readonly vcpus?: Starvation | undefined
  readonly leaks: readonly Leak[]
  /** When the last verdict was known, in milliseconds of the epoch. */
  readonly judgedAtMs: number
}

/** Everything that a worker tells. */
export type WorkerMessage =
  WorkerProgress | WorkerStarted | WorkerGuestStart | WorkerNote | WorkerStage | WorkerResult
