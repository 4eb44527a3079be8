/** What does each exit code of irqlab mean? All of them, once; docs/CI.md is the same table for people. */

/** By what happened. `irqlab replay` has its own reading of the first three: same, differs, cannot tell. */
export const EXIT = {
  /** Every law held, or a violated one is declared as known. */
  good: 0,
  /** The kernel did what it must not, or a declared failure is gone. */
  kernel: 1,
  /** We cannot tell. */
  broken: 2,
  /** Nothing that was asked has a meaning on this guest or machine. */
  skipped: 4,
  /** Bad usage, found before anything was touched (sysexits.h: EX_USAGE). */
  usage: 64,
  /** A bug in irqlab (EX_SOFTWARE). */
  bug: 70,
  /** To which the number of the signal is added that ended irqlab: 129, 130, 143. */
  signal: 128,
} as const
