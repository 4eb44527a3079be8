/**
 * Which commit broke the kernel? First both ends are asked whether they are what they are said to be, then git bisect says
 * what to ask next, until it knows or only kernels are left that cannot be asked. All that is known is in the journal.
 */
import { commitOf, type Commit } from './history.ts'
import type { JournalEntry } from './journal.ts'
import { type Judgement, markOf, passesAsked, together } from './judgement.ts'
import { git } from './git.ts'
import { type Ends, type Standing, standingOf } from './search.ts'

/** How a kernel is to be asked. */
export interface Asking {
  readonly commit: Commit
  /** The first is 1. */
  readonly step: number
  /** How often, when all passes. */
  readonly runs: number
  /** How often it was run before. */
  readonly runsBefore: number
  /** All runs, even after a fail: it tells how often the kernel fails. */
  readonly all: boolean
  /** Why it is asked, such as `the bad end` or what git says of the commits left. */
  readonly why: string
}

/** What came of asking. */
export interface Answered extends Judgement {
  readonly records: readonly string[]
  readonly buildMs: number
}

/** What a bisection needs of those around it. */
export interface Bisection {
  /** With the objects of the user's tree. */
  readonly clone: string
  readonly ends: Ends
  readonly bootFailure: 'bad' | 'skip'
  /** How often a kernel must pass, at least. */
  readonly runs: number
  /** What is known from before. */
  readonly journal: readonly JournalEntry[]
  /** Builds and runs one kernel. What it throws ends the bisection; the journal stays. */
  readonly ask: (asking: Asking) => Promise<Answered>
  /** Is called before the next kernel is asked: the entry must be on the disk when it returns. */
  readonly onEntry: (entry: JournalEntry) => void
  /** Something that a person should know beside the steps. */
  readonly onNote: (words: string) => void
  /** What `git bisect log` says, each time it says something new. */
  readonly onLog: (log: string) => void
}

/** How it ended. */
export type Found =
  | { readonly kind: 'found'; readonly commit: Commit; readonly entry: JournalEntry }
  | { readonly kind: 'range'; readonly candidates: readonly Commit[] }
  /** An end is not what it was said to be. */
  | { readonly kind: 'refuted'; readonly end: keyof Ends; readonly entry: JournalEntry }
  /** An end cannot be judged. */
  | { readonly kind: 'unjudged'; readonly end: keyof Ends; readonly entry: JournalEntry }

/** Searches. Throws what `ask` throws, and `Trouble` from git. */
export async function bisect(bisection: Bisection): Promise<Found> {
  const known = new Map<string, JournalEntry>()
  for (const entry of bisection.journal) learn(known, entry)
  // What could not be told was not judged: this host may have had no time for it, and may have some now.
  for (const [sha, { finding }] of known) if (finding === 'untestable') known.delete(sha)
  const search = new Search(bisection, known, bisection.journal.length)
  for (;;) {
    const wrong = await search.checkEnds()
    if (wrong !== undefined) return wrong
    const standing = await search.standing()
    if (standing.kind === 'next') {
      await search.ask(standing.sha, standing.left)
    } else if (standing.kind === 'range') {
      const { clone } = bisection
      return {
        kind: 'range',
        candidates: await Promise.all(standing.candidates.map((sha) => commitOf(clone, sha))),
      }
    } else if (!(await search.askParentsAgain(standing.sha))) {
      const entry = known.get(standing.sha)
      // Git names only what it was told to be bad, and it is told what is in the journal.
      if (entry === undefined) throw new RangeError(`${standing.sha} was never asked`)
      return { kind: 'found', commit: await commitOf(bisection.clone, standing.sha), entry }
    }
  }
}

/** The latest word on a kernel, and at its time: to git the last commit that is called bad is the one that counts. */
function learn(known: Map<string, JournalEntry>, entry: JournalEntry): void {
  known.delete(entry.sha)
  known.set(entry.sha, entry)
}

/** The kernels that are judged so far, and how the next one is. */
class Search {
  readonly #bisection: Bisection
  readonly #known: Map<string, JournalEntry>
  #steps: number
  #passesAsked: number

  constructor(bisection: Bisection, known: Map<string, JournalEntry>, steps: number) {
    this.#bisection = bisection
    this.#known = known
    this.#steps = steps
    this.#passesAsked = passesAsked(bisection.runs, [...known.values()])
  }

  /** Asks the ends that were not asked yet, the bad one first: it tells how often a bad kernel fails. */
  async checkEnds(): Promise<Found | undefined> {
    for (const end of ['bad', 'good'] as const) {
      const sha = this.#bisection.ends[end]
      const entry = this.#known.get(sha) ?? (await this.ask(sha, `the ${end} end`, end === 'bad'))
      const mark = markOf(entry.finding, this.#bisection.bootFailure)
      if (mark !== end) return { kind: mark === 'skip' ? 'unjudged' : 'refuted', end, entry }
    }
    return undefined
  }

  async standing(): Promise<Standing> {
    const { clone, ends, bootFailure, onLog } = this.#bisection
    const marks = [...this.#known].map(([sha, { finding }]) => [sha, markOf(finding, bootFailure)] as const)
    const standing = await standingOf(clone, ends, new Map(marks))
    onLog(standing.log)
    return standing
  }

  /** Asks a kernel and notes what it says. */
  async ask(sha: string, why: string, all = false): Promise<JournalEntry> {
    const before = this.#known.get(sha)
    const step = ++this.#steps
    const started = performance.now()
    const commit = await commitOf(this.#bisection.clone, sha)
    const runs = Math.max(1, this.#passesAsked - (before?.passes ?? 0))
    const { records, buildMs, ...answer } = await this.#bisection.ask({
      commit,
      step,
      runs,
      runsBefore: (before?.passes ?? 0) + (before?.fails ?? 0),
      all,
      why,
    })
    const entry = {
      step,
      sha,
      subject: commit.subject,
      ...(before === undefined ? answer : together(before, answer)),
      records: [...(before?.records ?? []), ...records],
      buildMs: Math.round(buildMs),
      tookMs: Math.round(performance.now() - started),
    }
    this.#bisection.onEntry(entry)
    learn(this.#known, entry)
    const asked = passesAsked(this.#bisection.runs, [...this.#known.values()])
    if (asked !== this.#passesAsked) {
      this.#bisection.onNote(
        `a bad kernel also passes: from now on a kernel must pass ${asked} times to be believed good`,
      )
      this.#passesAsked = asked
    }
    return entry
  }

  /**
   * The answer rests on its parents being good. Those that passed less often than is asked by now are asked the rest. False
   * when there was none to ask.
   */
  async askParentsAgain(sha: string): Promise<boolean> {
    const parents = (await git(this.#bisection.clone, ['rev-parse', `${sha}^@`])).split('\n')
    const doubtful = parents.filter((parent) => {
      const entry = this.#known.get(parent)
      return entry?.finding === 'good' && entry.passes < this.#passesAsked
    })
    for (const parent of doubtful) await this.ask(parent, 'once more: the answer rests on it')
    return doubtful.length > 0
  }
}
