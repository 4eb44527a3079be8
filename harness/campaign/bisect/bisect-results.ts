/** What a bisection leaves in the results besides its records: a line a step, git's own log, the answer. */
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeDirs } from '../../host/make-dirs.ts'

/** The files of one bisection. Each is replaced whole: there is never half of one. */
export class BisectResults {
  readonly #dir: string

  /** `dir` is absolute, and made when there is something to keep. */
  constructor(dir: string) {
    this.#dir = dir
  }

  /** steps.log. */
  keepSteps(lines: readonly string[]): void {
    this.#replace('steps.log', `${lines.join('\n')}\n`)
  }

  /** git-bisect.log, for `git bisect replay`. */
  keepLog(log: string): void {
    this.#replace('git-bisect.log', log)
  }

  /** bisect.json. */
  keepAnswer(json: string): void {
    this.#replace('bisect.json', json)
  }

  #replace(name: string, text: string): void {
    makeDirs(this.#dir)
    // Of one name: what a death has left is overwritten by who goes on.
    const partial = join(this.#dir, `${name}.partial`)
    writeFileSync(partial, text)
    renameSync(partial, join(this.#dir, name))
  }
}
