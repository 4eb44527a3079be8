/** A shell of root on a machine that is not ours: one ssh(1), one sh there, and every command of a run goes through it. */
import { Duplex } from 'node:stream'
import { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import { type Child, spawnProcess } from '../host/processes.ts'
import { type SshDestination, sshArgv } from '../host/ssh-argv.ts'
import { type CommandLogEntry, GuestShell } from '../ssh/guest-shell.ts'
import { CHOOSE_SHELL } from '../host/telling-shell.ts'

/** How we get there. */
export interface HostWay extends SshDestination {
  /** Files of private keys; none: those that the user's own ssh would take. */
  readonly keys: readonly string[]
}

/** An open shell. */
export interface HostShell {
  readonly shell: GuestShell
  /** Resolves, never rejects, when the way to the machine is gone. */
  readonly lost: Promise<Trouble>
  /** The address there that our connection goes to; undefined where ssh does not say. */
  readonly address: string | undefined
  /** Ends the shell: its input ends, and with it the session. */
  readonly close: () => Promise<void>
}

/** Nobody is there to answer a question, and a network that has died is noticed in a quarter of a minute. */
const OPTIONS = [
  ['-o', 'BatchMode=yes'],
  ['-o', 'ServerAliveInterval=5'],
  ['-o', 'ServerAliveCountMax=3'],
].flat()

/**
 * In quotes, so that it does not matter which shell the user has. The server tells its address to the user's environment alone,
 * so it is handed through sudo.
 */
const ROOT_SHELL = `exec /bin/sh -c '${CHOOSE_SHELL}; c="IRQLAB_CONNECTION=$SSH_CONNECTION"; if [ "$(id -u)" = 0 ]; then exec env "$c" LC_ALL=C $s; else exec sudo -n env "$c" LC_ALL=C $s; fi'`

const END_GRACE_MS = 3000

/** Opens it. Throws `Trouble` at `host.login`. */
export async function openHostShell(
  way: HostWay,
  deadline: Deadline,
  onCommand: (entry: CommandLogEntry) => void,
): Promise<HostShell> {
  const keys = way.keys.flatMap((file) => ['-i', file])
  const only = keys.length === 0 ? [] : ['-o', 'IdentitiesOnly=yes']
  // A session of its own: Ctrl-C at our terminal must not cut the way by which the masks are put back.
  const child = await spawnProcess(sshArgv(way, ROOT_SHELL, [...OPTIONS, ...only, ...keys]), {
    stdio: ['pipe', 'pipe', 'pipe'],
    stage: 'host.login',
    detached: true,
  })
  const complaint = lastLineOf(child)
  let opened = false
  const lost = child.exited.then(
    ({ code, signal }) =>
      new Trouble(
        opened ? 'ssh.connection' : 'host.login',
        `ssh to ${way.destination} ended with ${code ?? signal}${complaint()}`,
        opened ? {} : { hint: hintFor(way, complaint()), lasting: true },
      ),
  )
  // The session ends by itself when its input does; ssh is told to only when it does not.
  const close = async () => {
    child.stdin.end()
    try {
      await new Deadline('host.login', 'the end of ssh', END_GRACE_MS).race(child.exited)
    } catch {
      await child.terminate(END_GRACE_MS)
    }
  }
  const channel = Duplex.from({ readable: child.stdout, writable: child.stdin })
  const shell = GuestShell.over(channel, lost, onCommand)
  try {
    // Whatever a login greets with comes before the first answer.
    const { output } = await shell.run('exec 2>&1; echo "irqlab-here ${IRQLAB_CONNECTION-}"', deadline)
    opened = true
    const connection = /^irqlab-here (.*)$/m.exec(output)?.[1]?.split(' ') ?? []
    return { shell, lost, address: connection[2], close }
  } catch (error) {
    await close()
    throw error
  }
}

/** What ssh said last, as the end of a sentence. */
function lastLineOf(child: Child): () => string {
  let text = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (more: string) => {
    text = (text + more).slice(-2000)
  })
  return () => {
    const line = text
      .split('\n')
      .map((one) => one.trim())
      .findLast((one) => one !== '')
    return line === undefined ? '' : `: ${line}`
  }
}

function hintFor({ destination, port }: HostWay, said: string): string {
  if (/sudo|sudoers/.test(said))
    return 'log in as root, or let the user run sudo without a password (NOPASSWD in sudoers)'
  const at = port === undefined ? '' : `-p ${port} `
  return `\`ssh -o BatchMode=yes ${at}${destination} true\` has to work: a key or an agent, and a known host key; --host-key has a key, IRQLAB_SSH another ssh command`
}
