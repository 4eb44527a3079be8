/** One booted virtual machine, from QEMU's start to a shell that answers. */
import { join } from 'node:path'
import { z } from 'zod'
import { Interrupted, Trouble } from '../base/errors.ts'
import type { LimitName, Limits } from '../base/limits.ts'
import { poll } from '../base/poll.ts'
import type { Scope } from '../base/scope.ts'
import { type Argv, type Child, spawnProcess } from '../host/processes.ts'
import { Qmp } from '../host/qmp.ts'
import { StarvationMeter } from '../host/starvation.ts'
import { managementTap } from '../host/tap.ts'
import { type CommandLogEntry, GuestShell } from '../ssh/guest-shell.ts'
import { GuestCommands } from './commands.ts'
import { Complaints } from './complaints.ts'
import { diagnose } from './console-verdict.ts'
import { READING_FUNCTION } from './irq-reader.ts'
import { awaitConsoleStages, type Loss } from './readiness.ts'
import { SerialLog } from './serial-log.ts'
import { TRACEFS } from './tracing.ts'

/** What a boot needs to know. */
export interface GuestRequest {
  readonly argv: Argv
  readonly qmpSocket: string
  readonly clientKey: string
  readonly hostKey: string
  /** Where serial.log and qemu.log go. */
  readonly evidenceDir: string
  readonly limits: Limits
  /** TCG runs it: some faults of its kernel are the emulator's. */
  readonly emulated: boolean
  readonly onStage: (stage: LimitName) => void
  readonly onCommand: (entry: CommandLogEntry) => void
}

/** A booted guest whose shell answers. */
export interface Guest {
  readonly commands: GuestCommands
  readonly console: SerialLog
  readonly qmp: Qmp
  readonly qemu: Child
  /** QEMU's start to the first answer of the guest's shell, in milliseconds. */
  readonly spawnToReadyMs: number
  /** Turns an error met elsewhere into what the console says it was. */
  readonly diagnose: (error: unknown) => Promise<unknown>
  /** What the vCPU threads were given since QEMU was up. */
  readonly starvation: StarvationMeter
  /** Rejects when QEMU ends or the kernel faults; never resolves. To be raced against anything that waits. */
  readonly loss: Loss
}

/** Loaded while the guest boots: QEMU does not have to wait for it. */
const sshModule = () => import('../ssh/connection.ts')

const vcpuSchema = z.array(z.object({ 'thread-id': z.int() }))

/** Shell functions that every script of ours may use. */
const PRELUDE = `${READING_FUNCTION}
mark() { echo "irqlab $*" >${TRACEFS}/trace_marker; }`

/**
 * Boots a guest and waits until its shell answers. Everything acquired is undone by the scope.
 * Throws `Trouble` with the stage that failed, or `KernelFault`.
 */
export async function bootGuest(request: GuestRequest, scope: Scope): Promise<Guest> {
  const { limits, emulated } = request
  const started = performance.now()
  const qemu = await spawnProcess(request.argv, { stdio: ['ignore', 'pipe', 'pipe'], stage: 'boot.qemu' })
  scope.onEnd('QEMU', async () => {
    if (qemu.isRunning) await qemu.terminate(limits.ms('guest.console'))
  })

  void sshModule().catch(() => undefined) // Told where it is needed.
  const complaints = new Complaints(qemu.stderr, join(request.evidenceDir, 'qemu.log'))
  const console = new SerialLog(qemu.stdout, join(request.evidenceDir, 'serial.log'))
  let starvation: StarvationMeter | undefined
  const believe = (error: unknown) =>
    diagnose(error, { console, qemu, limits, starvation, complaints, emulated })
  const loss = lossOf(qemu, console, believe)

  const qmp = await believing(
    believe,
    Qmp.connect(request.qmpSocket, limits.deadline('boot.qemu', 'Start of QEMU'), qemu.exited),
    loss,
  )
  scope.onEnd('the QMP connection', () => qmp.close())

  starvation = await StarvationMeter.start(qemu.pid, await vcpuThreads(qmp, limits))
  request.onStage('boot.qemu')
  await awaitConsoleStages(console, loss, limits, request.onStage, emulated)
  const commands = await believing(believe, openShell(request, scope, believe), loss)
  await commands.check(PRELUDE, 'boot.ssh')
  request.onStage('boot.ssh')
  return {
    commands,
    console,
    qmp,
    qemu,
    loss,
    starvation,
    diagnose: believe,
    spawnToReadyMs: Math.round(performance.now() - started),
  }
}

/** The host's thread ids of the vCPUs (QMP query-cpus-fast). */
async function vcpuThreads(qmp: Qmp, limits: Limits): Promise<readonly number[]> {
  const cpus = vcpuSchema.parse(await qmp.execute('query-cpus-fast', {}, limits.ms('qmp.command')))
  return cpus.map((cpu) => cpu['thread-id'])
}

async function openShell(
  request: GuestRequest,
  scope: Scope,
  believe: (error: unknown) => Promise<unknown>,
): Promise<GuestCommands> {
  const deadline = request.limits.deadline('boot.ssh', 'The first SSH login')
  const target = {
    host: managementTap.guest.address,
    port: 22,
    user: 'root',
    privateKey: request.clientKey,
    hostKey: request.hostKey,
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

  const shell = await GuestShell.open(connection, deadline, request.onCommand)
  return new GuestCommands(shell, request.limits, believe)
}

function lossOf(qemu: Child, console: SerialLog, believe: (error: unknown) => Promise<unknown>): Loss {
  const lost = new Promise<never>((_, reject) => {
    const tell = () => {
      void believe(new Trouble('guest.qemu', 'The guest is lost')).then(reject)
    }
    void qemu.exited.then(tell)
    console.onLine(() => {
      if (console.fault !== undefined && !console.fault.stall && isFatal(console.fault.kind)) tell()
    })
  })
  // Whoever waits races it; when nobody waits, its rejection is nobody's business.
  lost.catch(() => undefined)
  return lost
}

/** After these the guest answers no more; the others are found when the run ends. */
function isFatal(kind: string): boolean {
  return kind === 'panic' || kind === 'double fault'
}

async function believing<T>(
  believe: (error: unknown) => Promise<unknown>,
  work: Promise<T>,
  loss: Loss,
): Promise<T> {
  try {
    return await Promise.race([work, loss])
  } catch (error) {
    throw error instanceof Interrupted ? error : await believe(error)
  }
}
