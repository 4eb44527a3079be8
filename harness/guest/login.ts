/** The way into a guest: one SSH connection with one shell, opened again after the guest was put aside. */
import { Trouble } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import { poll } from '../base/poll.ts'
import type { Scope } from '../base/scope.ts'
import { managementTap } from '../host/tap.ts'
import { type CommandLogEntry, GuestShell } from '../ssh/guest-shell.ts'
import { KCORE_FUNCTION, READING_FUNCTION } from './irq-reader.ts'
import { TRACEFS } from './tracing.ts'

const sshModule = () => import('../ssh/connection.ts')

/** Loads what logging in needs while the guest gets ready, so that QEMU's start does not wait for it. */
export function preloadSsh(): void {
  void sshModule().catch(() => undefined) // Told where it is needed.
}

/** Who logs in, and what is expected there. */
export interface Credentials {
  /** OpenSSH text of the private key. */
  readonly clientKey: string
  /** Base64 of the pinned host key's blob. */
  readonly hostKey: string
}

/** An open way in. */
export interface Login {
  readonly shell: GuestShell
  /** Ends the session; resolves when the guest has closed its side too. */
  readonly logOut: () => Promise<void>
}

/** Shell functions that every script of ours may use. */
const PRELUDE = `${KCORE_FUNCTION}
${READING_FUNCTION}
mark() { echo "irqlab $*" >${TRACEFS}/trace_marker; }`

/** Logs in and defines our shell functions. Throws `Trouble` at a stage of `ssh.*` or at `boot.ssh`. */
export async function logIn(
  credentials: Credentials,
  limits: Limits,
  scope: Scope,
  onCommand: (entry: CommandLogEntry) => void,
): Promise<Login> {
  const deadline = limits.deadline('boot.ssh', 'The first SSH login')
  const target = {
    host: managementTap.guest.address,
    port: 22,
    user: 'root',
    privateKey: credentials.clientKey,
    hostKey: credentials.hostKey,
  }
  const { SshConnection } = await sshModule()
  let seen = 'no attempt yet'
  // The server may need a moment more than its stage mark says; a refused login will stay refused.
  const connection = await poll(
    deadline,
    async () => {
      try {
        return await SshConnection.connect(target, deadline)
      } catch (error) {
        if (!(error instanceof Trouble) || error.stage !== 'ssh.connect') throw error
        seen = error.message
        return undefined
      }
    },
    { everyMs: 20, seen: () => seen },
  )
  scope.onEnd('the SSH connection', () => connection.close())

  const shell = await GuestShell.open(connection, deadline, onCommand)
  const { status, output } = await shell.run(PRELUDE, deadline)
  if (status !== 0)
    throw new Trouble('boot.ssh', `The shell on the guest failed (status ${status}): ${output.trim()}`)
  return {
    shell,
    logOut: async () => {
      connection.end()
      await limits.deadline('guest.command', 'The end of the SSH session').race(connection.lost)
    },
  }
}
