/** How does a user get a shell of root? */
import type { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import type { SshConnection } from './connection.ts'
import { OWN_SHELL } from './guest-shell.ts'

/** In quotes, so that it does not matter which shell the user has: sh reads it. */
const WHO = `/bin/sh -c 'if [ "$(id -u)" = 0 ]; then echo "irqlab-root own"; else sudo -n /bin/sh -c "echo irqlab-root sudo"; fi'`
const SUDO_SHELL = `exec sudo -n /bin/sh -c 'exec /bin/sh 2>&1'`

/**
 * The command that starts a shell of root: the user's own where it is root, else one by `sudo -n`, which never asks.
 * Throws `Trouble` at stage `ssh.root` with what sudo said.
 */
export async function rootShell(connection: SshConnection, deadline: Deadline): Promise<string> {
  const { output } = await connection.answer(WHO, deadline)
  // A login may greet before it runs anything.
  const [, how] = /^irqlab-root (own|sudo)\r?$/m.exec(output) ?? []
  if (how !== undefined) return how === 'own' ? OWN_SHELL : SUDO_SHELL
  throw new Trouble('ssh.root', `The user cannot become root: ${output.trim() || 'sudo said nothing'}`, {
    lasting: true,
    hint: 'log in as root, or let the user run sudo without a password (NOPASSWD in sudoers)',
  })
}
