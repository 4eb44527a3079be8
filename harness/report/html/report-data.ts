/** What the HTML file knows of runs, moves and moments: plain data, written by this folder and drawn by its page. */

/** One run of the table: what its last attempt came to. Its place in the list is its number in the page. */
export interface RunRow {
  readonly scenario: string
  readonly release: string
  /** Beside the release: what it was built from; empty of a packaged kernel. */
  readonly source: string
  readonly machine: string
  /** Which of several repeats, `2`; empty for the first. */
  readonly repeat: string
  readonly outcome: OutcomeWord
  readonly reason: string
  /** Verdicts that held, were violated, are unproven. */
  readonly verdicts: readonly [number, number, number]
  readonly tookMs: number | undefined
  readonly attempts: number
}

/** An outcome, or that the run was planned and never ended. */
export type OutcomeWord = 'fail' | 'fixed' | 'broken' | 'known' | 'skip' | 'pass' | 'not run'

/** All of one run that is shown when it is opened: each of its attempts, the last one first. */
export interface RunData {
  readonly question: string
  readonly attempts: readonly AttemptData[]
}

/** One attempt. */
export interface AttemptData {
  readonly attempt: number
  readonly outcome: OutcomeWord
  readonly reason: string
  readonly hint: string
  /** Label and text, in the order shown. */
  readonly facts: readonly (readonly [string, string])[]
  /** The whole topology: name and value. */
  readonly machine: readonly (readonly [string, string])[]
  readonly console: readonly string[] | undefined
  readonly consoleNote: string
  readonly notes: readonly string[]
  /** The command that does this run again. */
  readonly again: string
  /** The one that does so from the results, and compares. */
  readonly replay: string
  /** QEMU's argv, an option and its value on a line. */
  readonly qemu: readonly string[]
  readonly verdicts: readonly VerdictData[]
  /** Each law that was asked: its name and what it says. */
  readonly laws: Readonly<Record<string, string>>
  readonly moves: readonly MoveData[]
  /** Why moves or parts of them cannot be drawn; empty when all are. */
  readonly missing: string
  readonly counters: CounterData | undefined
  readonly files: string
}

/** The verdict of one law. */
export interface VerdictData {
  readonly law: string
  readonly queue: string
  readonly irq: number
  /** 0: of no single move. */
  readonly move: number
  readonly state: 'held' | 'violated' | 'unproven'
  readonly sentence: string
  /** The numbers that decided, as text. */
  readonly numbers: string
  /** The moment that decided, in microseconds from the beginning of the move's trace; undefined: no single one. */
  readonly atUs?: number | undefined
}

/** A stretch of time in microseconds since the write; open ends are those of the move. */
export type Span = readonly [fromUs: number, toUs: number]

/** One written request and what became of it: all that its picture shows. Times are microseconds since the write. */
export interface MoveData {
  readonly id: number
  readonly queue: string
  readonly irq: number
  readonly chip: string
  readonly requested: string
  readonly form: string
  /** What effective showed before. */
  readonly from: string
  readonly prediction: string
  readonly why: string
  readonly sentence: string
  /** The CPUs that have a lane. */
  readonly lanes: readonly number[]
  /** CPUs that have none: nothing of this irq happened there. */
  readonly quietCpus: string
  readonly window: Span
  /** As the trace has it. */
  readonly hold: Span | undefined
  readonly effective: readonly Band[]
  readonly pending: readonly Band[]
  readonly vectors: readonly VectorBand[]
  readonly events: readonly EventData[]
  /** What was left out to keep the file small; empty when nothing was. */
  readonly leftOut: string
  /** The part of the time that is worth a closer look. */
  readonly views: readonly View[]
  /** The event that is shown first: the one with the stack of the move. */
  readonly first: number
  readonly stacks: readonly (readonly string[])[]
}

/** Some CPUs over a stretch of time. */
export interface Band {
  readonly cpus: readonly number[]
  readonly span: Span
}

/** A vector of one CPU in the hands of this irq. */
export interface VectorBand {
  readonly cpu: number
  readonly vector: number
  readonly span: Span
  /** It was taken, given back within the window: else the band goes on beyond. */
  readonly taken: boolean
  readonly given: boolean
}

/** A part of the time, under a name. */
export interface View {
  readonly name: string
  readonly span: Span
  /** What is zero on its axis: a moment, in words. */
  readonly zero: string
  readonly zeroUs: number
}

/** What kind of thing an event is, by which it is drawn. */
export type EventKind =
  'act' | 'probe' | 'write' | 'interrupt' | 'handler' | 'try' | 'set' | 'vector' | 'other'

/** One event of the trace. */
export interface EventData {
  readonly atUs: number
  readonly cpu: number
  readonly kind: EventKind
  /** What it says, in plain words. */
  readonly words: string
  /** In a word or two. */
  readonly brief: string
  /** The line of the trace, without its time. */
  readonly raw: string
  /** Place in `stacks`. */
  readonly stack?: number
}

/** Interrupts counted during the run: a row for each irq, a column for each CPU. */
export interface CounterData {
  readonly cpus: readonly number[]
  readonly rows: readonly {
    readonly irq: string
    readonly name: string
    readonly tested: boolean
    readonly counts: readonly number[]
  }[]
  readonly leftOut: string
}
