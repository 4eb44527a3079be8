/** What did an archive or a folder hold? Only what may be about interrupts is ever kept. */

/** What it held. */
export interface Unpacked {
  /** Whole files by their path, as `irqlab-capture/first/masks.txt`. */
  readonly files: ReadonlyMap<string, Buffer>
  /** What is wrong with it, in sentences: it was cut, a header is mangled. The files above are whole all the same. */
  readonly defects: readonly string[]
  /** What a capture of our own may not have and what a stranger's may: links, many files. The first that was met. */
  readonly oddity: string | undefined
  /** It has files as a machine or a sosreport has them. */
  readonly hasMachine: boolean
  /** Paths of links and folders whose names alone tell something; nothing was followed. */
  readonly names: ReadonlySet<string>
  /** Of files that are kept those that their owner could not write to: modes outlive archives. */
  readonly readOnly: ReadonlySet<string>
  /** When the newest of the files was written, in milliseconds since 1970; undefined when none says. */
  readonly newestMs: number | undefined
}
