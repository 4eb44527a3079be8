/** How is something run that changes a build tree? So that it ends when we end, and nothing follows before it is gone. */
import { closeSync, openSync } from 'node:fs'
import { Deadline } from '../../base/deadline.ts'
import { pause } from '../../base/poll.ts'
import { scrubbed, spawnProcess, withSbin } from '../../host/processes.ts'
import type { BuildTree } from './build-tree.ts'
import { GrowingFile } from './growing-file.ts'

/** What it needs beside its words. */
export interface TreeProcess {
  readonly stage: string
  /** What is being done, for a message. */
  readonly called: string
  readonly limitMs: number
  readonly cwd: string
  /** The whole environment, but for PATH and the language, which are ours. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Where both outputs go. Not to us: a make that cannot say what it removes would end without removing it. */
  readonly log: string
  /** Gets each line of the log, a moment later. */
  readonly onLine?: (line: string) => void
  /** A file that says that it is at work, removed when it has ended in order, our own death included. */
  readonly marker?: string
}

/**
 * Stands between us and the command, at the head of a process group. Our death is told to it by SIGTERM, which it passes on to
 * the whole group: make alone would end the shells of its recipes, and leave their compilers behind. Make waits for its jobs and
 * removes what they have half-written (143). A command that died of any other signal has left we know not what: the marker stays.
 */
const SCRIPT = `marker=$1
shift
stop=
trap 'trap : TERM; stop=1; kill -TERM 0' TERM
"$@" 2>&1 </dev/null &
child=$!
[ -z "$stop" ] || kill "$child"
wait "$child"
code=$?
while kill -0 "$child" 2>/dev/null; do
  wait "$child"
  code=$?
done
case $code in
  [0-9] | [0-9][0-9] | 1[01][0-9] | 12[0-8] | 143) [ -z "$marker" ] || rm -f "$marker" ;;
esac
exit "$code"`

/** How long a command of an irqlab that has just died may take to end. */
const predecessorSeconds = 30

/** How often what it says is looked at. */
const followMs = 200

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
  const log = openSync(options.log, 'w')
  const lines = new GrowingFile(options.log)
  const tell = (some: readonly string[]) => some.forEach((line) => options.onLine?.(line))
  try {
    const child = await spawnProcess(['setpriv', '--pdeathsig', 'TERM', '--', ...lock, ...between, ...argv], {
      stdio: ['ignore', log, 'ignore'],
      cwd: options.cwd,
      env: scrubbed(withSbin({ PATH: process.env['PATH'], LC_ALL: 'C', ...options.env })),
      // Ctrl-C at our terminal must not reach a half of it.
      detached: true,
      stage: options.stage,
    })
    const limit = new Deadline(options.stage, options.called, options.limitMs)
    try {
      for (;;) {
        const end = await limit.race(Promise.race([child.exited, pause(followMs)]))
        tell(lines.lines())
        if (end !== undefined) return end.code ?? 128
      }
    } catch (error) {
      await child.terminate(graceMs)
      throw error
    }
  } finally {
    tell(lines.end())
    closeSync(log)
  }
}
