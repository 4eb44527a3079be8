/** Who removes half-made directories when we are killed? A tiny shell that outlives us for a moment and reads our last will. */
import { isAbsolute, normalize, resolve, sep } from 'node:path'
import { assert, Trouble } from '../base/errors.ts'
import { spawnProcess } from './processes.ts'
import type { Child } from './processes.ts'

/**
 * Reads "+ path" and "- path" lines. The list lives in the positional parameters, the only list of POSIX sh that
 * needs no quoting. The end of the input is our end, whatever its cause. Signals for us are not for it.
 * What we had started may write for a moment more, so that a directory is not empty when rm wants it to be: hence the tries.
 */
const script = `trap '' HUP INT TERM
while IFS= read -r line; do
  path=\${line#??}
  case $line in
  '+ /'*) set -- "$@" "$path" ;;
  '- /'*)
    for old do
      shift
      [ "$old" = "$path" ] || set -- "$@" "$old"
    done ;;
  esac
done
for try in 1 2 3 4 5 6 7 8 9; do
  [ $# -eq 0 ] || rm -rf -- "$@" && exit
  sleep 0.2
done`

/** Starts the janitor; it removes only what lies beneath one of the roots. Throws `Trouble` when there is no sh. */
export async function startJanitor(roots: readonly string[]): Promise<Janitor> {
  assert(roots.length > 0 && roots.every((root) => resolve(root) !== sep), 'a janitor needs roots, and not /')
  const child = await spawnProcess(['sh', '-c', script, 'irqlab-janitor'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: sep, // It must not hold a directory of ours busy.
    detached: true,
    stage: 'host.janitor',
  })
  child.unref()
  return new Janitor(
    child,
    roots.map((root) => resolve(root)),
  )
}

/** A running janitor. It ends when we end, and then removes what is still on its list. */
export class Janitor {
  readonly pid: number
  readonly #child: Child
  readonly #roots: readonly string[]

  /** Only `startJanitor` makes these. */
  constructor(child: Child, roots: readonly string[]) {
    this.pid = child.pid
    this.#child = child
    this.#roots = roots
  }

  /** From when this resolves, the directory is removed if we die. Throws `Bug` for a path outside of the roots. */
  async watch(path: string): Promise<void> {
    const clean = isAbsolute(path) && normalize(path) === path && !/[\n\0]/.test(path) && !path.endsWith(sep)
    assert(clean, `a plain absolute path for the janitor, not ${JSON.stringify(path)}`)
    assert(
      this.#roots.some((root) => path.startsWith(`${root}${sep}`)),
      `${path} is beneath a root of the janitor`,
    )
    await this.#tell(`+ ${path}`)
  }

  /** The directory is complete, or removed already: leave it alone from now on. */
  async release(path: string): Promise<void> {
    await this.#tell(`- ${path}`)
  }

  /** Ends it now; what is still watched is removed. Resolves when it is gone. */
  async end(): Promise<void> {
    this.#child.ref()
    this.#child.stdin.end()
    await this.#child.exited
  }

  async #tell(line: string): Promise<void> {
    await new Promise<void>((done, fail) => {
      this.#child.stdin.write(`${line}\n`, (error) => {
        if (error) fail(new Trouble('host.janitor', `The janitor is gone: ${error.message}`))
        else done()
      })
    })
  }
}
