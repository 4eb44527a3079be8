/** Who may build now? One at a time: a lock that no death of ours can leave behind. */
import { once } from 'node:events'
import { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import { spawnProcess } from './processes.ts'

/** A lock that is held until `release` is called, or until this process is gone in whatever way. */
export interface Flock {
  release(): Promise<void>
}

/** How long a holder that was told to end may take. */
const graceMs = 2000

/**
 * Takes an exclusive flock(2) on a directory: no lock file is left behind. Waits at most `limitMs`.
 * The lock belongs to a child that reads from a pipe of ours: when we die, even by SIGKILL, the pipe closes, the child
 * ends and the lock is free. Throws `Trouble` at `stage` when somebody else holds it too long.
 */
export async function holdFlock(dir: string, stage: string, limitMs: number): Promise<Flock> {
  // With the dot, because flock(1) would make a file of that name where there is no directory.
  const argv = ['flock', '--exclusive', `${dir}/.`, 'sh', '-c', 'echo held; exec cat'] as const
  const holder = await spawnProcess(argv, { stdio: ['pipe', 'pipe', 'ignore'], detached: true, stage })
  const limit = new Deadline(stage, `waiting for another irqlab that is at work in ${dir}`, limitMs)
  const held = once(holder.stdout, 'data').then(() => true)
  const ended = holder.exited.then(() => false)
  try {
    if (!(await limit.race(Promise.race([held, ended]))))
      throw new Trouble(stage, `flock could not lock ${dir}`)
  } catch (error) {
    await holder.terminate(graceMs)
    throw error
  }
  return {
    async release() {
      holder.stdin.end()
      await holder.exited
    },
  }
}
