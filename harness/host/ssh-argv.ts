/**
 * How is a machine reached that is not ours? By the system's own ssh(1): the user's configuration, agent, jump hosts and known
 * keys serve.
 */
import { ensurePackages } from './packages.ts'
import type { Argv } from './processes.ts'

/** Where it is. */
export interface SshDestination {
  /** `host` or `user@host`; never begins with a dash. */
  readonly destination: string
  readonly port: number | undefined
}

/**
 * The words of ssh(1) that run `command` there; `options` come first. IRQLAB_SSH may have another command, like
 * GIT_SSH_COMMAND: for a key, a jump host or a configuration of its own.
 */
export function sshArgv(
  { destination, port }: SshDestination,
  command: string,
  options: readonly string[] = [],
): Argv {
  const [program = 'ssh', ...ours] = (process.env['IRQLAB_SSH'] ?? 'ssh')
    .split(' ')
    .filter((word) => word !== '')
  const at = port === undefined ? [] : ['-p', String(port)]
  return [program, ...ours, ...options, '-T', ...at, '--', destination, command]
}

/** Makes sure that there is an ssh(1), as `ensurePackages` does; whoever has named another command knows where that is. */
export async function ensureSsh(report: (line: string) => void): Promise<void> {
  if (process.env['IRQLAB_SSH'] !== undefined) return
  await ensurePackages(report, [
    { name: 'openssh-client', proof: ['ssh'], why: 'reaches machines that are not ours' },
  ])
}
