/** A terminal in a kept guest: runs inside the run's namespaces, where the guest can be reached. */
import { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import { flavourOf } from '../guest/flavour.ts'
import { credentialsOf } from '../guest/login.ts'
import type { GuestImage } from '../image/guest-image.ts'
import { SshConnection } from '../ssh/connection.ts'

const LOGIN_MS = 20_000

/** Runs the command, or an interactive shell, and gives its exit status. The way in comes through the environment. */
export async function runGuestShell(command: readonly string[]): Promise<number> {
  const text = process.env['IRQLAB_GUEST_LOGIN']
  if (text === undefined) throw new Trouble('shell', 'irqlab shell starts this, nobody else')
  // Written by our own `irqlab shell`, which has checked it.
  const { flavour, login } = JSON.parse(text) as Pick<GuestImage, 'flavour' | 'login'>
  const { target } = credentialsOf(login, flavourOf(flavour).entrance)
  const connection = await SshConnection.connect(target, new Deadline('shell', 'The login', LOGIN_MS))
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
