/** `irqlab host restore`: puts back on a machine that is not ours what a run has left there. */
import { Limits } from '../base/limits.ts'
import { messageOf, Trouble } from '../base/errors.ts'
import { Scope } from '../base/scope.ts'
import { ensureSsh } from '../host/ssh-argv.ts'
import { KeptMasks } from '../remote/kept-masks.ts'
import { takeHost } from '../remote/taken-host.ts'
import { hostWay } from './host-use.ts'

/** As commander gives them. */
export interface HostRestoreOptions {
  readonly hostKey: readonly string[]
}

/** Gives the exit code. Throws `UsageError` for a bad address, `Trouble` when not all can be put back. */
export async function hostRestoreCommand(
  address: string,
  { hostKey }: HostRestoreOptions,
  signal: AbortSignal,
): Promise<number> {
  const way = hostWay(address, hostKey)
  const scope = new Scope()
  const said: string[] = []
  const note = (words: string) => {
    said.push(words)
    process.stdout.write(`${words}\n`)
  }
  try {
    signal.throwIfAborted()
    await ensureSsh(note)
    // Whoever takes a machine restores what was left there.
    await takeHost({ way, limits: new Limits(1), onCommand: () => undefined, note }, scope)
  } finally {
    const leaks = await scope.end()
    for (const { what, why } of leaks) note(`left behind: ${what} (${messageOf(why)})`)
  }
  if (new KeptMasks(way).read() !== undefined)
    throw new Trouble('host.masks', `Not all masks of ${way.destination} are as they were`)
  if (said.length === 0) note(`${way.destination}: nothing was left there`)
  return 0
}
