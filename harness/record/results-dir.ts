/** Where the results of a campaign go: one directory a run, made by us alone, complete or not there. */
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { assert, messageOf, Trouble, UsageError } from '../base/errors.ts'
import { errnoOf } from '../host/errno.ts'
import { makeDirs } from '../host/make-dirs.ts'
import { startJanitor } from '../host/janitor.ts'
import type { Janitor } from '../host/janitor.ts'
import { CAMPAIGN_PLAN_FILE, type CampaignPlan, campaignPlanText } from './campaign-plan.ts'
import { attemptDirs } from './read-records.ts'

/** What names a run within its campaign. */
export interface RunName {
  readonly scenario: string
  readonly kernel: string
  readonly machine: string
  /** The first is 1. */
  readonly repeat: number
}

/** The directory in which results lie, when the user named none. */
export const DEFAULT_RESULTS = resolve(import.meta.dirname, '../../results')

/** Beside the record of a run that is kept, until it ends: how to enter it. */
export const KEPT_FILE = 'kept.json'

/** PROC_SUPER_MAGIC and SYSFS_MAGIC (linux: include/uapi/linux/magic.h). */
const PSEUDO_FILE_SYSTEMS: ReadonlySet<number> = new Set([0x9fa0, 0x62656572])

/** Throws `UsageError` unless results can be written to `dir`: it may be made, but must not be something else. */
export function checkResults(dir: string): void {
  if (dir === dirname(dir)) throw new UsageError(`--results ${dir}: give a directory of its own`)
  const there = nearest(dir)
  try {
    if (!statSync(there).isDirectory()) {
      throw new UsageError(
        `--results ${dir}: ${there === dir ? 'not a directory' : `${there} is not a directory`}`,
      )
    }
    accessSync(there, constants.W_OK | constants.X_OK)
    if (isPseudo(there)) {
      throw new UsageError(`--results ${dir}: no place for files`)
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(
      `--results ${dir}: nothing can be written to ${there} (${errnoOf(error) ?? messageOf(error)})`,
    )
  }
}

/** A directory of the kernel's own, such as /proc. */
export function isPseudo(dir: string): boolean {
  return PSEUDO_FILE_SYSTEMS.has(statfsSync(dir).type)
}

/** The path itself, or the nearest one above it at which there is something. */
export function nearest(path: string): string {
  return isThere(path) || path === dirname(path) ? path : nearest(dirname(path))
}

function isThere(path: string): boolean {
  try {
    // A link that leads nowhere is there all the same, and is no directory.
    lstatSync(path)
    return true
  } catch {
    return false
  }
}

/** More campaigns of one name than anybody starts in a second. */
const NAMESAKES_MAX = 1000

/** The results of one campaign, while it runs. */
export class CampaignResults {
  /** Absolute. */
  readonly dir: string
  readonly #janitor: Janitor
  readonly #open = new Set<string>()
  readonly #committed: string[] = []
  /** What goes when we die: the campaign while it is empty, partial attempts with the directories made for them alone. */
  #watched: ReadonlySet<string> = new Set()
  /** Resolves when the janitor knows all of it. */
  #told: Promise<unknown> = Promise.resolve()

  private constructor(dir: string, janitor: Janitor) {
    this.dir = dir
    this.#janitor = janitor
  }

  /**
   * Makes `<parent>/<utc>-<name>`, with a number behind it if that is taken. It goes away again, whatever we die of,
   * unless an attempt is committed. Throws `Trouble` when it cannot be made.
   */
  static async make(parent: string, name: string, now: Date): Promise<CampaignResults> {
    const utc = now.toISOString().replaceAll(/[-:]|\.\d+/g, '')
    orTrouble(parent, makeDirs)
    const janitor = await startJanitor([parent])
    try {
      for (let number = 1; number <= NAMESAKES_MAX; number++) {
        const dir = join(parent, `${utc}-${name}${number === 1 ? '' : `-${number}`}`)
        if (orTrouble(dir, makeAlone) === 'taken') continue
        const results = new CampaignResults(dir, janitor)
        await results.#tellJanitor()
        return results
      }
      throw new Trouble('results', `${NAMESAKES_MAX} campaigns in ${parent} have the name of this second`)
    } catch (error) {
      await janitor.end()
      throw error
    }
  }

  /**
   * Opens what `make` made in an earlier process: its results stay, and what that one left half-made goes. Only for who
   * holds the lock on it.
   */
  static async resume(dir: string): Promise<CampaignResults> {
    const janitor = await startJanitor([dirname(dir)])
    const results = new CampaignResults(dir, janitor)
    results.#committed.push(...attemptDirs(dir))
    for (const name of readdirSync(dir, { recursive: true }).map(String))
      if (/\/attempt-\d+\.partial$/.test(name)) rmSync(join(dir, name), { recursive: true })
    return results
  }

  /** A directory for one attempt. It is called `attempt-N.partial` until `commit`; if we die first it is removed. */
  async openAttempt(run: RunName, attempt: number): Promise<AttemptDir> {
    const parent = join(this.dir, ...runPath(run))
    const final = join(parent, `attempt-${attempt}`)
    const partial = `${final}.partial`
    assert(!existsSync(final) && !this.#open.has(partial), `${final} is of this attempt alone`)
    this.#open.add(partial)
    await this.#tellJanitor()
    orTrouble(partial, makeDirs)
    return new AttemptDir(partial, async () => {
      renameSync(partial, final)
      this.#open.delete(partial)
      this.#committed.push(final)
      await this.#tellJanitor()
      return final
    })
  }

  /** Attempts that are results by now. */
  get committed(): number {
    return this.#committed.length
  }

  /** The name of a run for `irqlab shell` and in records: its path below the results. */
  runName(results: string, run: RunName): string {
    return relative(results, join(this.dir, ...runPath(run)))
  }

  /** Writes a file beside the campaigns: whole, or the old one stays. Throws what the file system does. */
  async replaceFile(name: string, text: string): Promise<void> {
    const parent = dirname(this.dir)
    await this.#writeWhole(join(parent, `${name}.${basename(this.dir)}.partial`), join(parent, name), text)
  }

  /** Writes the plan into the campaign's directory: whole, or the old one stays. Throws what the file system does. */
  async keepPlan(plan: CampaignPlan): Promise<void> {
    const file = join(this.dir, CAMPAIGN_PLAN_FILE)
    await this.#writeWhole(`${file}.partial`, file, campaignPlanText(plan))
  }

  async #writeWhole(partial: string, file: string, text: string): Promise<void> {
    await this.#janitor.watch(partial)
    writeFileSync(partial, text)
    renameSync(partial, file)
    await this.#janitor.release(partial)
  }

  /** Ends the janitor; what is still partial is removed. */
  async close(): Promise<void> {
    await this.#janitor.end()
  }

  /**
   * Tells the janitor what has changed. Runs go on side by side, and one that ends must not have the directories of
   * another forgotten: what is to go is worked out anew from the attempts that are open and those that are results.
   */
  async #tellJanitor(): Promise<void> {
    const due = new Set(
      this.#committed.length === 0 ? [this.dir] : [...this.#open].map((partial) => this.#topOf(partial)),
    )
    const before = this.#watched
    this.#watched = due
    // Written in this order: nothing is unknown to the janitor in between.
    this.#told = Promise.all([
      this.#told,
      ...[...due].filter((dir) => !before.has(dir)).map((dir) => this.#janitor.watch(dir)),
      ...[...before].filter((dir) => !due.has(dir)).map((dir) => this.#janitor.release(dir)),
    ])
    await this.#told
  }

  /** The topmost directory on the way down to an attempt that no result lies in. */
  #topOf(partial: string): string {
    let at = this.dir
    for (const part of relative(this.dir, partial).split(sep)) {
      at = join(at, part)
      const within = at
      if (!this.#committed.some((final) => final.startsWith(`${within}${sep}`))) break
    }
    return at
  }
}

/** The directory of one attempt. */
export class AttemptDir {
  #path: string
  readonly #finish: () => Promise<string>

  /** `finish` gives the directory its final name, and returns that. */
  constructor(path: string, finish: () => Promise<string>) {
    this.#path = path
    this.#finish = finish
  }

  /** Absolute; changes when it is committed. */
  get path(): string {
    return this.#path
  }

  /** Files below it, relative, sorted. */
  files(): readonly string[] {
    return readdirSync(this.#path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(this.#path, join(entry.parentPath, entry.name)))
      .sort()
  }

  /** Gives it its final name: from now on it is a result. */
  async commit(): Promise<void> {
    this.#path = await this.#finish()
  }
}

function runPath({ scenario, kernel, machine, repeat }: RunName): readonly string[] {
  return [scenario, kernel, repeat === 1 ? machine : `${machine}-repeat-${repeat}`]
}

function makeAlone(dir: string): 'made' | 'taken' {
  try {
    mkdirSync(dir)
    return 'made'
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return 'taken'
    throw error
  }
}

/** Makes the directory. Throws `Trouble` when it cannot. */
function orTrouble<T>(dir: string, make: (dir: string) => T): T {
  try {
    return make(dir)
  } catch (error) {
    throw new Trouble('results', `Cannot make ${dir}: ${messageOf(error)}`, { lasting: true, cause: error })
  }
}
