/** One virtual machine under test, from QEMU's start to a shell that answers. */
import type { LimitName } from '../base/limits.ts'
import type { Scope } from '../base/scope.ts'
import type { CommandLogEntry } from '../ssh/guest-shell.ts'
import { GuestCommands } from './commands.ts'
import { type Credentials, logIn } from './login.ts'
import { awaitConsoleStages, awaitTestNic } from './readiness.ts'
import { believing, type QemuStart, type RunningQemu, startQemu } from './running-qemu.ts'

/** What a boot needs to know. */
export interface GuestRequest extends QemuStart {
  readonly credentials: Credentials
  readonly onStage: (stage: LimitName) => void
  readonly onCommand: (entry: CommandLogEntry) => void
}

/** A guest whose shell answers. */
export interface Guest extends RunningQemu {
  readonly commands: GuestCommands
  /** QEMU's start to the first answer of the guest's shell, in milliseconds. */
  readonly spawnToReadyMs: number
  /** Ends the SSH session, lets `work` be done on a guest that nobody is logged in to, and logs in again. */
  readonly whileLoggedOut: (work: () => Promise<void>) => Promise<void>
}

/**
 * Boots a guest and waits until its shell answers. Everything acquired is undone by the scope.
 * Throws `Trouble` with the stage that failed, or `KernelFault`.
 */
export async function bootGuest(request: GuestRequest, scope: Scope): Promise<Guest> {
  const { limits, emulated, onStage } = request
  const started = performance.now()
  const qemu = await startQemu(request, scope)
  onStage('boot.qemu')
  await awaitConsoleStages(qemu.console, qemu.loss, limits, onStage, emulated)
  const [guest] = await Promise.all([
    enterGuest(qemu, request, scope, started),
    awaitTestNic(qemu.console, qemu.loss, limits, onStage, emulated),
  ])
  onStage('boot.ssh')
  return guest
}

/** Logs in to the guest of a running QEMU. Throws as `bootGuest`. */
export async function enterGuest(
  qemu: RunningQemu,
  request: GuestRequest,
  scope: Scope,
  startedAtMs: number,
): Promise<Guest> {
  const { credentials, limits, onCommand } = request
  const open = () => believing(qemu.diagnose, logIn(credentials, limits, scope, onCommand), qemu.loss)
  let login = await open()
  const commands = new GuestCommands(login.shell, limits, qemu.diagnose)
  return {
    ...qemu,
    commands,
    spawnToReadyMs: Math.round(performance.now() - startedAtMs),
    whileLoggedOut: async (work) => {
      await login.logOut()
      await work()
      login = await open()
      commands.useShell(login.shell)
    },
  }
}
