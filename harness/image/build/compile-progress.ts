/** How far is the build? Counts what kbuild says that it compiles. */

/** Files that a first build of our own fragment compiles: 1,658 on 6.12, about as many elsewhere. */
const usualCount = 1650

/** On a log, a line each so often is enough; on a terminal the clock runs beside it. */
const everyMs = 10_000

/** Takes the lines of a make. */
export class CompileProgress {
  count = 0
  readonly #isFirst: boolean
  readonly #step: (words: string) => void
  readonly #now: () => number
  #toldAt: number

  /** `isFirst`: everything is compiled, so that it can be said of how many. */
  constructor(isFirst: boolean, step: (words: string) => void, now: () => number = () => performance.now()) {
    this.#isFirst = isFirst
    this.#step = step
    this.#now = now
    this.#toldAt = now()
    step(isFirst ? `compiling about ${usualCount} files` : 'compiling what has changed')
  }

  take(line: string): void {
    if (/^ {2}(CC|AS|HOSTCC) /.test(line)) this.count++
    else if (!/^ {2}(LD|OBJCOPY|BUILD) {2,}(vmlinux|arch\/x86\/boot\/bzImage)/.test(line)) return
    if (this.#now() - this.#toldAt < everyMs) return
    this.#toldAt = this.#now()
    const total = this.#isFirst ? ` of about ${Math.max(usualCount, this.count)}` : ''
    this.#step(`compiled ${this.count}${total} files`)
  }
}
