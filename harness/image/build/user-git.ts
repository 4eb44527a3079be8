/** How is the user's own repository asked? Only read: no lock is taken, no index refreshed, nothing of it is run. */
import { run } from '../../host/shell.ts'

/** No variable of the caller's git reaches ours. */
export const FOREIGN_GIT: Readonly<Record<string, undefined>> = Object.fromEntries(
  [
    'DIR',
    'WORK_TREE',
    'INDEX_FILE',
    'OBJECT_DIRECTORY',
    'ALTERNATE_OBJECT_DIRECTORIES',
    'COMMON_DIR',
    'PREFIX',
  ].map((name) => [`GIT_${name}`, undefined]),
)

/** What git prints, without the newlines at its end. Throws `Trouble` at `build.source` when it fails. */
export async function gitOfUser(dir: string, words: readonly string[]): Promise<string> {
  // A tree of another user's is a tree all the same; fsmonitor would be a program of its configuration.
  const settings = ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false']
  const { stdout } = await run(['git', ...settings, '-C', dir, ...words], {
    stage: 'build.source',
    limitMs: 300_000,
    env: { ...FOREIGN_GIT, GIT_OPTIONAL_LOCKS: '0' },
    called: `git ${words[0] ?? ''}`,
  })
  return stdout.trimEnd()
}
