/** How does a user get a shell of root? */
import type { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import type { SshConnection } from './connection.ts'

/** In quotes, so that it does not matter which shell the user has: sh reads it. */
const WHO = `/bin/sh -c 'if [ "$(id -u)" = 0 ]; then echo "irqlab-root own"; else sudo -n /bin/sh -c "echo irqlab-root sudo"; fi'`

/** Gives the command that has root's sh run a script, in which there is no single quote. */
export type AsRoot = (script: string) => string

/** For a user who is root. */
export const ownRoot: AsRoot = (script) => `exec /bin/sh -c '${script}'`
const bySudo: AsRoot = (script) => `exec sudo -n /bin/sh -c '${script}'`

/**
 * How this user has root run something: by itself where it is root, else by `sudo -n`, which never asks.
 * Throws `Trouble` at stage `ssh.root` with what sudo said.
 */
export async function becomeRoot(connection: SshConnection, deadline: Deadline): Promise<AsRoot> {
  const { output } = await connection.answer(WHO, deadline)
  // A login may greet before it runs anything.
  const [, how] = /^irqlab-root (own|sudo)\r?$/m.exec(output) ?? []
  if (how !== undefined) return how === 'own' ? ownRoot : bySudo
  throw new Trouble('ssh.root', `The user cannot become root: ${output.trim() || 'sudo said nothing'}`, {
    lasting: true,
    hint: 'log in as root, or let the user run sudo without a password (NOPASSWD in sudoers)',
  })
}
