/**
 * Whose fault is it? Every way a run can end without a verdict has its own type here,
 * and the outcome of a run follows from the type alone (README, "Outcomes and exit codes").
 */

/** What a `Trouble` carries beside its message. */
export interface TroubleDetails {
  /** One line that tells the reader what to try next. */
  readonly hint?: string
  /** The last lines of the guest's console, where a guest was involved; empty means "read, and empty". */
  readonly console?: readonly string[]
  readonly cause?: unknown
  /** True for causes that will be the same on a second attempt (no root, no package, no disk): never retried. */
  readonly lasting?: boolean
}

/**
 * We could not ask the kernel, or could not hear its answer: host, QEMU, SSH, traffic or a deadline.
 * Ends a run as `broken`. `stage` says where, in dotted words such as `boot.ssh`.
 */
export class Trouble extends Error {
  readonly stage: string
  readonly hint: string | undefined
  readonly console: readonly string[] | undefined
  readonly lasting: boolean

  constructor(stage: string, message: string, details: TroubleDetails = {}) {
    super(message, { cause: details.cause })
    this.name = 'Trouble'
    this.stage = stage
    this.hint = details.hint
    this.console = details.console
    this.lasting = details.lasting ?? false
  }
}

/** The kernel under test faulted while we watched (panic, oops, BUG, WARN, lockup). Ends a run as `fail`. */
export class KernelFault extends Error {
  readonly kind: string
  readonly console: readonly string[]

  constructor(kind: string, message: string, console: readonly string[]) {
    super(message)
    this.name = 'KernelFault'
    this.kind = kind
    this.console = console
  }
}

/** The question has no meaning on this host, guest or machine. Ends a run as `skip`. */
export class NotApplicable extends Error {
  /** The unmet need, in the words of the scenario's `needs`. */
  readonly need: string

  constructor(need: string, message: string) {
    super(message)
    this.name = 'NotApplicable'
    this.need = need
  }
}

/** The user asked for something that cannot be: exit 64, one clear line, before anything is touched. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}

/** An invariant of ours is broken: exit 70. */
export class Bug extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Bug'
  }
}

/** A signal ended the work. Carries the signal so that the exit code can follow from it. */
export class Interrupted extends Error {
  readonly signal: NodeJS.Signals

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`)
    this.name = 'Interrupted'
    this.signal = signal
  }
}

/** The text of anything thrown, for a message to a person. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** Throws `Bug` unless the condition holds: for our own invariants, never for the kernel's or the user's. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Bug(`broken invariant: ${what}`)
}
