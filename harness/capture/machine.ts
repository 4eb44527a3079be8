/** What a stranger's report has of a machine: its files by the paths that they had there, whatever the report called them. */

/** The files of one machine. */
export interface Machine {
  readonly source: 'sosreport' | 'files'
  /** `proc/interrupts`; the output of commands as `command/lscpu`. */
  readonly files: ReadonlyMap<string, Buffer>
  /** /proc/interrupts once more, read later: two copies of it make two samples. */
  readonly laterInterrupts: Buffer | undefined
  /** Paths whose being there tells something: links and folders. */
  readonly names: ReadonlySet<string>
  /** Files that their owner could not write to. */
  readonly readOnly: ReadonlySet<string>
  /** When the newest of its files was written, in milliseconds since 1970. */
  readonly newestMs: number | undefined
  /** What its texts cannot tell, beyond files that are not there. */
  readonly unread: readonly string[]
}

/** Lines of a text; what no kernel would print is left to whoever reads them. */
export function linesOf(text: Buffer | undefined): readonly string[] {
  return text === undefined ? [] : text.toString('latin1').split(/\r?\n/)
}
