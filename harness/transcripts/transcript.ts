/** What is a transcript, before it is taken: what is typed in which guest, and what its answers must show. */
import type { FindingName } from '../diagnose/finding.ts'

/** A look at the guest by `irqlab diagnose`: of one irq, and of that only the finding, where one is named. */
export interface Look {
  readonly diagnose: string
  readonly finding?: FindingName
  /** Typed in the guest between the two samples. */
  readonly during?: string
}

/** A line for the guest's shell, or a look. */
export type Typed = string | Look

/** One of them. `{name}` in any text stands for the number of that irq: see `IrqNames`. */
export interface Transcript {
  /** Of its file in docs/diagnose/. */
  readonly name: string
  /** Done before, and not shown: no claim of the page rests on it. */
  readonly before?: readonly string[]
  readonly typed: readonly Typed[]
  /** What the answers must show, or it is taken once more, and then it is trouble. */
  readonly shows: readonly RegExp[]
  readonly after?: readonly string[]
}

/** Irqs by a short name: what is the one whose action matches? */
export type IrqNames = Readonly<Record<string, RegExp>>

/** A guest, and what is taken from it. */
export interface TranscriptGuest {
  /** `irqlab run WORDS --keep` is how a reader gets the same: a scenario, its kernel, its machine. */
  readonly words: readonly string[]
  /** What the first line of a file says of it; the kernel's release is put before. */
  readonly what: string
  readonly irqs: IrqNames
  readonly transcripts: readonly Transcript[]
}

/** `{tx}` becomes `33`. Throws for a name that nobody gave. */
export function withNumbers(text: string, numbers: ReadonlyMap<string, number>): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const number = numbers.get(name)
    if (number === undefined) throw new Error(`no irq is called ${name}`)
    return String(number)
  })
}

/** The line that a reader sees typed; `lines` is how many a finding took below its name. */
export function lineOf(typed: Typed, lines: number): string {
  if (typeof typed === 'string') return typed
  const { diagnose, finding } = typed
  const command = `irqlab diagnose guest.tar --irq ${diagnose}`
  return finding === undefined ? command : `${command} | grep -A ${lines} ${finding}`
}
