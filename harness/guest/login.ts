/** The way into a guest: one SSH connection with one shell, opened again after the guest was put aside. */
import { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import { poll } from '../base/poll.ts'
import type { Scope } from '../base/scope.ts'
import { managementTap } from '../host/tap.ts'
import type { GuestLogin } from '../image/guest-image.ts'
import type { SshTarget } from '../ssh/connection.ts'
import { type CommandLogEntry, GuestShell, OWN_SHELL } from '../ssh/guest-shell.ts'
import { firstKeySeen, pinnedKey } from '../ssh/host-key.ts'
import { becomeRoot, ownRoot } from '../ssh/root-shell.ts'
import { CHOOSE_SHELL } from '../host/telling-shell.ts'
import { KCORE_FUNCTION, READING_FUNCTION } from './irq-reader.ts'
import { FORWARDED } from './qemu-args.ts'
import { TRACEFS } from './tracefs.ts'

const TELLING = `${CHOOSE_SHELL}; exec $s 2>&1`

const sshModule = () => import('../ssh/connection.ts')

/** Loads what logging in needs while the guest gets ready, so that QEMU's start does not wait for it. */
export function preloadSsh(): void {
  void sshModule().catch(() => undefined) // Told where it is needed.
}

/** Where we log in, as whom, and what is expected there. */
export interface Credentials {
  readonly target: SshTarget
  /** The user may have to become root by `sudo -n`. Absent: it is root, and nothing is asked. */
  readonly mayNeedSudo?: boolean
}

/** The way into a guest of ours: over the management tap, or through the port that QEMU forwards. */
export function credentialsOf({ user, key, hostKey }: GuestLogin, where: 'tap' | 'forwarded'): Credentials {
  const place = where === 'tap' ? { host: managementTap.guest.address, port: 22 } : FORWARDED
  return {
    target: {
      ...place,
      user,
      key,
      hostKey: hostKey === undefined ? firstKeySeen() : pinnedKey(hostKey),
    },
    ...(user === 'root' ? {} : { mayNeedSudo: true }),
  }
}

/** Writes a program to that path in the guest. Throws `Trouble`. */
export type Upload = (path: string, content: Buffer) => Promise<void>

/** An open way in. */
export interface Login {
  readonly shell: GuestShell
  readonly upload: Upload
  /** Ends the session; resolves when the guest has closed its side too. */
  readonly logOut: () => Promise<void>
}

/** What every script of ours may count on, in busybox, dash and bash: our functions, one language, and the programs of root. */
export const PRELUDE = `export LC_ALL=C
case :$PATH: in *:/usr/sbin:*) ;; *) PATH=$PATH:/usr/sbin:/sbin ;; esac
${KCORE_FUNCTION}
${READING_FUNCTION}
mark() { echo "irqlab $*" >${TRACEFS}/trace_marker; }`

/**
 * How long a login may take, and what is waited for. `boot.ssh`: the server listens already, or will in a moment; one that
 * refuses us will go on to. `boot.system`: a whole operating system may still be starting, which refuses users before it
 * knows their keys, and hangs up on them before it lets anybody in.
 */
export type LoginStage = 'boot.ssh' | 'boot.system'

/** Logs in and defines our shell functions. Throws `Trouble` at a stage of `ssh.*` or at the given one. */
export async function logIn(
  credentials: Credentials,
  limits: Limits,
  scope: Scope,
  onCommand: (entry: CommandLogEntry) => void,
  stage: LoginStage = 'boot.ssh',
): Promise<Login> {
  const deadline = limits.deadline(stage, WHAT[stage])
  const { SshConnection } = await sshModule()
  let seen = 'no attempt yet'
  let patienceMs = FIRST_ATTEMPT_MS
  const connection = await poll(
    deadline,
    async () => {
      const attempt =
        stage === 'boot.ssh'
          ? deadline
          : new Deadline(stage, 'The login', Math.min(patienceMs, deadline.leftMs))
      try {
        return await SshConnection.connect(credentials.target, attempt)
      } catch (error) {
        if (deadline.passed) {
          // The limit fell into an attempt: why the one before failed says more.
          const first = seen === 'no attempt yet' && error instanceof Trouble
          throw deadline.trouble(first ? error.message : seen)
        }
        if (!isWorthAnotherTry(error, stage)) throw error
        if (attempt.passed) patienceMs *= 2
        seen = error.message
        return undefined
      }
    },
    { everyMs: EVERY_MS[stage], seen: () => seen },
  )
  scope.onEnd('the SSH connection', () => connection.close())

  const asRoot = credentials.mayNeedSudo === true ? await becomeRoot(connection, deadline) : undefined
  // Of our own guest the shell is known, and nothing is chosen.
  const command = stage === 'boot.ssh' ? OWN_SHELL : (asRoot ?? ownRoot)(TELLING)
  const shell = await GuestShell.open(connection, deadline, onCommand, command)
  const { status, output } = await shell.run(PRELUDE, deadline)
  if (status !== 0)
    throw new Trouble(stage, `The shell on the guest failed (status ${status}): ${output.trim()}`)
  return {
    shell,
    upload: async (path, content) => {
      const limit = limits.deadline('guest.evidence', `Bringing ${path} to the guest`)
      const said = await connection.answer(
        (asRoot ?? ownRoot)(`cat >${path} && chmod 755 ${path}`),
        limit,
        content,
      )
      if (said.status !== 0)
        throw new Trouble(stage, `${path} cannot be written in the guest: ${said.output.trim()}`)
    },
    logOut: async () => {
      connection.end()
      await limits.deadline('guest.command', 'The end of the SSH session').race(connection.lost)
    },
  }
}

const WHAT = {
  'boot.ssh': 'The first SSH login',
  'boot.system': 'The start of the guest, until it lets us log in,',
}
/**
 * QEMU takes a connection that it forwards before anybody is there, and asks the guest more and more seldom: such an attempt
 * is given up for a fresh one. A guest that needs longer to say hello gets longer.
 */
const FIRST_ATTEMPT_MS = 5000
/** A server of ours that is not up yet says so in no time; a stranger's may count attempts. */
const EVERY_MS = { 'boot.ssh': 20, 'boot.system': 500 }

function isWorthAnotherTry(error: unknown, stage: LoginStage): error is Trouble {
  if (!(error instanceof Trouble)) return false
  return error.stage === 'ssh.connect' || (stage === 'boot.system' && !error.lasting)
}
