/** Where the results of a campaign go: one directory a run, made by us alone, complete or not there. */
import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { messageOf, Trouble, UsageError } from '../base/errors.ts'
import { startJanitor } from '../host/janitor.ts'
import type { Janitor } from '../host/janitor.ts'

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

/** Throws `UsageError` unless results can be written to `dir`: it may be made, but must not be something else. */
export function checkResults(dir: string): void {
  try {
    if (!statSync(dir).isDirectory()) throw new UsageError(`--results ${dir}: not a directory`)
  } catch (error) {
    if (error instanceof UsageError) throw error
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      throw new UsageError(`--results ${dir}: ${messageOf(error)}`)
    }
  }
}

/** The results of one campaign, while it runs. */
export class CampaignResults {
  /** Absolute. */
  readonly dir: string
  readonly #janitor: Janitor

  private constructor(dir: string, janitor: Janitor) {
    this.dir = dir
    this.#janitor = janitor
  }

  /** Makes `<results>/<utc>-<name>`, with a number behind it if that is taken. Throws `Trouble` when it cannot. */
  static async make(results: string, name: string, now: Date): Promise<CampaignResults> {
    const utc = now.toISOString().replaceAll(/[-:]|\.\d+/g, '')
    mkdirOrTrouble(results)
    for (let number = 1; ; number++) {
      const dir = join(results, `${utc}-${name}${number === 1 ? '' : `-${number}`}`)
      try {
        mkdirSync(dir)
        return new CampaignResults(dir, await startJanitor([dir]))
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
          throw new Trouble('results', `Cannot make ${dir}: ${messageOf(error)}`, {
            lasting: true,
            cause: error,
          })
        }
      }
    }
  }

  /**
   * A directory for one attempt. It is called `attempt-N.partial` until `commit`; if we die first it is removed.
   */
  async openAttempt(run: RunName, attempt: number): Promise<AttemptDir> {
    const parent = join(this.dir, ...runPath(run))
    mkdirOrTrouble(parent)
    const path = join(parent, `attempt-${attempt}.partial`)
    await this.#janitor.watch(path)
    mkdirSync(path)
    return new AttemptDir(path, this.#janitor)
  }

  /** The name of a run for `irqlab shell` and in records: its path below the results. */
  runName(results: string, run: RunName): string {
    return relative(results, join(this.dir, ...runPath(run)))
  }

  /** Ends the janitor; what is still partial is removed. */
  async close(): Promise<void> {
    await this.#janitor.end()
  }
}

/** The directory of one attempt. */
export class AttemptDir {
  #path: string
  readonly #janitor: Janitor

  constructor(path: string, janitor: Janitor) {
    this.#path = path
    this.#janitor = janitor
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
    const final = this.#path.replace(/\.partial$/, '')
    renameSync(this.#path, final)
    await this.#janitor.release(this.#path)
    this.#path = final
  }
}

function runPath({ scenario, kernel, machine, repeat }: RunName): readonly string[] {
  return [scenario, kernel, repeat === 1 ? machine : `${machine}-repeat-${repeat}`]
}

function mkdirOrTrouble(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true })
  } catch (error) {
    throw new Trouble('results', `Cannot make ${dir}: ${messageOf(error)}`, { lasting: true, cause: error })
  }
}
