/** How is something run that changes a build tree? So that it ends when we end, and nothing follows before it is gone. */
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Deadline } from '../../base/deadline.ts'
import { scrubbed, spawnProcess, withSbin } from '../../host/processes.ts'
import type { BuildTree } from './build-tree.ts'

/** What it needs beside its words. */
export interface TreeProcess {
  readonly stage: string
  /** What is being done, for a message. */
  readonly called: string
  readonly limitMs: number
  readonly cwd: string
  /** The whole environment, but for PATH and the language, which are ours. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Gets each line of both outputs. */
  readonly onLine?: (line: string) => void
  /** A file that says that it is at work, removed when it has ended in order, our own death included. */
  readonly marker?: string
}

/**
 * Stands between us and the command. Our death is told to it by SIGTERM, which it passes on: make ends its jobs and removes
 * what they have half-written. A command that was killed (137) has left we know not what: then the marker stays.
 */
const SCRIPT = `marker=$1
shift
stop=
trap 'stop=1; [ -z "$child" ] || kill "$child" 2>/dev/null' TERM
"$@" 2>&1 </dev/null &
child=$!
[ -z "$stop" ] || kill "$child"
wait "$child"
code=$?
while kill -0 "$child" 2>/dev/null; do
  wait "$child"
  code=$?
done
[ "$code" -eq 137 ] || [ -z "$marker" ] || rm -f "$marker"
exit "$code"`

/** How long a command of an irqlab that has just died may take to end. */
const predecessorSeconds = 30

/** How long a make that was told to end may take. */
const graceMs = 5000

/**
 * Runs the command and gives its exit code, 128 and more for a signal. It and all its children hold a lock of their own, so
 * that what a dead irqlab has left running is waited for. Throws `Trouble` when it takes too long or cannot be started.
 */
export async function runInTree(
  tree: BuildTree,
  argv: readonly string[],
  options: TreeProcess,
): Promise<number> {
  const lock = ['flock', '--no-fork', '--exclusive', '--wait', String(predecessorSeconds), `${tree.obj}/.`]
  const between = ['sh', '-c', SCRIPT, 'sh', options.marker ?? '']
  const child = await spawnProcess(['setpriv', '--pdeathsig', 'TERM', '--', ...lock, ...between, ...argv], {
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: options.cwd,
    env: scrubbed(withSbin({ PATH: process.env['PATH'], LC_ALL: 'C', ...options.env })),
    // Ctrl-C at our terminal must not reach a half of it.
    detached: true,
    stage: options.stage,
  })
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => options.onLine?.(line))
  const read = once(lines, 'close')
  try {
    const end = await new Deadline(options.stage, options.called, options.limitMs).race(child.exited)
    await read
    return end.code ?? 128
  } catch (error) {
    await child.terminate(graceMs)
    throw error
  }
}
