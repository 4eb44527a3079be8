/** One virtual machine under test, from QEMU's start to a shell that answers. */
import { Trouble } from '../base/errors.ts'
import type { LimitName } from '../base/limits.ts'
import type { Scope } from '../base/scope.ts'
import type { GuestImage } from '../image/guest-image.ts'
import type { CommandLogEntry } from '../ssh/guest-shell.ts'
import { GuestCommands } from './commands.ts'
import { credentialsOf, logIn, type LoginStage, type Upload } from './login.ts'
import { type Boarded, type Flavour, flavourOf, type MovedIn } from './flavour.ts'
import { believing, type QemuStart, type RunningQemu, startQemu } from './running-qemu.ts'

/** What a boot needs to know. */
export interface GuestRequest extends QemuStart {
  /** What is booted, and how it is entered. */
  readonly image: Boarded & Pick<GuestImage, 'login'>
  readonly onStage: (stage: LimitName) => void
  readonly onCommand: (entry: CommandLogEntry) => void
}

/** A guest whose shell answers. */
export interface Guest extends RunningQemu {
  readonly commands: GuestCommands
  /** Writes a program into it. */
  readonly upload: Upload
  /** What its flavour found there, and made of it. */
  readonly movedIn: MovedIn
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
  const { onStage, image } = request
  const flavour = flavourOf(image.flavour)
  const started = performance.now()
  const qemu = await startQemu(request, scope)
  onStage('boot.qemu')
  const booting = { ...request, qemu }
  await flavour.awaitBoot(booting)
  const [guest] = await Promise.all([
    enterGuest(qemu, request, scope, started, flavour.loginStage),
    flavour.awaitRest(booting),
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
  stage: LoginStage = 'boot.ssh',
): Promise<Guest> {
  const { image, limits, onCommand } = request
  const flavour = flavourOf(image.flavour)
  const credentials = credentialsOf(image.login, flavour.entrance)
  const open = (within: LoginStage) =>
    believing(qemu.diagnose, logIn(credentials, limits, scope, onCommand, within), qemu.loss).catch(
      (error: unknown) => {
        throw hinted(error, within, flavour)
      },
    )
  let login = await open(stage)
  const commands = new GuestCommands(login.shell, limits, qemu.diagnose)
  const { upload } = login
  return {
    ...qemu,
    commands,
    upload,
    movedIn: await flavour.moveIn({ commands, qmp: qemu.qmp, upload }, image),
    spawnToReadyMs: Math.round(performance.now() - startedAtMs),
    whileLoggedOut: async (work) => {
      await login.logOut()
      await work()
      login = await open('boot.ssh')
      commands.useShell(login.shell)
    },
  }
}

/** Nobody let us in: what the guest is tells what to look at. */
function hinted(error: unknown, stage: LoginStage, { loginHint }: Flavour): unknown {
  if (!(error instanceof Trouble) || error.stage !== stage || error.hint !== undefined) return error
  if (loginHint === undefined) return error
  const { message, console, cause } = error
  return new Trouble(stage, message, {
    hint: loginHint(message),
    cause,
    ...(console === undefined ? {} : { console }),
  })
}
