/** Where does a run put its sockets and scratch files? The only file that knows tmp-promise. */
import { tmpdir } from 'node:os'
import tmp from 'tmp-promise'
import { Trouble, messageOf } from '../base/errors.ts'
import type { Scope } from '../base/scope.ts'

/** A unix socket's path has 107 bytes at most (sun_path, unix(7)); this leaves 40 for names within the directory. */
const longestPath = 67

/**
 * Makes an empty directory that only we may enter, removed when the scope ends, and gives its path.
 * `base` is the tmpfs of `isolate()` in a worker, so that nothing outlives a SIGKILL; else the system's place for such.
 * Throws `Trouble` when it cannot be made or its path is too long for sockets.
 */
export async function makeWorkdir(scope: Scope, base: string = tmpdir()): Promise<string> {
  const made = await create(base)
  scope.onEnd(`the working directory ${made.path}`, made.cleanup)

  if (Buffer.byteLength(made.path) > longestPath) {
    throw new Trouble('host.workdir', `The working directory ${made.path} is too long a path for sockets`, {
      hint: 'Set TMPDIR to a short path such as /tmp',
      lasting: true,
    })
  }
  return made.path
}

async function create(base: string): Promise<tmp.DirectoryResult> {
  try {
    // unsafeCleanup is tmp's word for "remove it with what is in it".
    return await tmp.dir({ tmpdir: base, template: 'irqlab-XXXXXX', mode: 0o700, unsafeCleanup: true })
  } catch (error) {
    throw new Trouble('host.workdir', `Cannot make a working directory in ${base}: ${messageOf(error)}`, {
      hint: 'Set TMPDIR to a directory that can be written',
      cause: error,
      lasting: true,
    })
  }
}
