/** A terminal in a kept guest: runs inside the run's namespaces, where the guest can be reached. */
import { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import { rootOfOurs } from '../guest/login.ts'
import { SshConnection } from '../ssh/connection.ts'

const LOGIN_MS = 20_000

/** Runs the command, or an interactive shell, and gives its exit status. Keys come through the environment. */
export async function runGuestShell(command: readonly string[]): Promise<number> {
  const privateKey = process.env['IRQLAB_CLIENT_KEY']
  const hostKey = process.env['IRQLAB_HOST_KEY']
  if (privateKey === undefined || hostKey === undefined)
    throw new Trouble('shell', 'irqlab shell starts this, nobody else')
  const connection = await SshConnection.connect(
    rootOfOurs(privateKey, hostKey).target,
    new Deadline('shell', 'The login', LOGIN_MS),
  )
  try {
    return await connection.interact(command.join(' '), {
      input: process.stdin,
      output: process.stdout,
      errors: process.stderr,
    })
  } finally {
    connection.close()
  }
}
