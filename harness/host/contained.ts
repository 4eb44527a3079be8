/** How does a program end with all that it has started? In a process namespace of its own, which the kernel empties. */
import { run } from './shell.ts'

/**
 * The words to put in front of a program's argv so that all it starts ends with it, and it with us, at once: mmdebstrap
 * for one waits for its apt-get when it is told to end (1.3.5), however slow the network. Nothing else changes for the
 * program: its user stays who it is. Empty where the host refuses namespaces.
 */
export async function containedArgv(): Promise<readonly string[]> {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user']
  const fresh = ['--pid', '--mount', '--mount-proc', '--fork', '--kill-child=SIGKILL', '--']
  const words = ['setpriv', '--pdeathsig', 'KILL', '--', 'unshare', ...user, ...fresh]
  try {
    await run([...words, 'true'], { stage: 'host.namespace', limitMs: 5000 })
    return words
  } catch {
    return []
  }
}
