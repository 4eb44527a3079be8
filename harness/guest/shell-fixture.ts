/** A guest's shell for tests: a real sh on this machine, behind a real SSH connection on loopback. */
import { Deadline } from '../base/deadline.ts'
import { Limits } from '../base/limits.ts'
import type { Scope } from '../base/scope.ts'
import { type Child, spawnProcess } from '../host/processes.ts'
import { SshConnection } from '../ssh/connection.ts'
import { GuestShell } from '../ssh/guest-shell.ts'
import { startServer } from '../ssh/server-fixture.ts'
import { GuestCommands } from './commands.ts'

/** Commands that run in `dir` on this machine, and a way to take the guest away. */
export interface FakeGuest {
  readonly commands: GuestCommands
  readonly drop: () => void
}

/** Starts one; the scope ends it. `diagnose` and `scale` are those of `GuestCommands` and `Limits`. */
export async function fakeGuest(
  scope: Scope,
  dir: string,
  diagnose: (error: unknown) => Promise<unknown> = (error) => Promise.resolve(error),
  scale = 1,
): Promise<FakeGuest> {
  const server = await startServer(scope, (_, channel) => {
    const started = spawnProcess(['sh'], { stdio: ['pipe', 'pipe', 'inherit'], cwd: dir })
    void started.then((sh: Child) => {
      scope.onEnd('sh', async () => void (await sh.terminate(1000)))
      channel.pipe(sh.stdin)
      sh.stdout.pipe(channel)
    })
  })
  const login = new Deadline('boot.ssh', 'The login', 5000)
  const connection = await SshConnection.connect(server.target, login)
  scope.onEnd('the connection', () => connection.close())
  const shell = await GuestShell.open(connection, login, () => undefined)
  return { commands: new GuestCommands(shell, new Limits(scale), diagnose), drop: server.drop }
}
