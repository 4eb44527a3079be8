/** How does bisecting speak with git? One command at a time, in one directory, untouched by the user's surroundings. */
import { Trouble } from '../../base/errors.ts'
import { type Answer, exchange } from '../../host/exchange.ts'
import type { Argv } from '../../host/processes.ts'
import { tellingLine } from '../../host/shell.ts'

/** The first checkout of a Linux tree on a slow disk takes minutes. */
const LIMIT_MS = 20 * 60_000

const stage = 'bisect.git'

/** Where git itself was told to look, because we may be started by a hook or a rebase: it must look where we say. */
const FOREIGN = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_NAMESPACE',
]

/** What git answered, whatever the status. Throws `Trouble` when it cannot be started, or was ended by a signal. */
export async function gitAnswer(dir: string, args: readonly string[]): Promise<Answer> {
  const clean = FOREIGN.flatMap((name) => ['-u', name])
  // The first words end git when we die, and let nothing of the caller's git in.
  const argv: Argv = ['setpriv', '--pdeathsig', 'TERM', '--', 'env', ...clean, 'git', '-C', dir, ...args]
  const answer = await exchange(argv, { stage, limitMs: LIMIT_MS })
  if (answer.status === null) throw new Trouble(stage, `git ${args.join(' ')} was ended by a signal`)
  return answer
}

/** What git wrote, without the last newline. Throws `Trouble` with its own words when it fails. */
export async function git(dir: string, args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await gitAnswer(dir, args)
  if (status === 0) return stdout.replace(/\n$/, '')
  throw new Trouble(stage, `git ${args.join(' ')} failed: ${tellingLine(stderr) || `status ${status}`}`)
}
