/** One running QEMU: its process, its console, its QMP, and what an error on the way to its guest really means. */
import { join } from 'node:path'
import { z } from 'zod'
import { Interrupted, Trouble } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import type { Scope } from '../base/scope.ts'
import { type Argv, type Child, spawnProcess } from '../host/processes.ts'
import { Qmp } from '../host/qmp.ts'
import { StarvationMeter } from '../host/starvation.ts'
import { Complaints } from './complaints.ts'
import { diagnose } from './console-verdict.ts'
import { preloadSsh } from './login.ts'
import type { Loss } from './readiness.ts'
import { SerialLog } from './serial-log.ts'

/** What starting QEMU needs to know. */
export interface QemuStart {
  readonly argv: Argv
  readonly qmpSocket: string
  /** Where serial.log and qemu.log go. */
  readonly evidenceDir: string
  readonly limits: Limits
  /** TCG runs it: some faults of its kernel are the emulator's. */
  readonly emulated: boolean
  /** Complaints of the kernel that the scenario declares for it; asked anew each time, as the kernel becomes known. */
  readonly declared?: () => readonly RegExp[]
  /** An open file that QEMU gets as its descriptor 3. */
  readonly openFile?: number
}

/** A QEMU that answers on QMP. */
export interface RunningQemu {
  readonly process: Child
  readonly console: SerialLog
  readonly qmp: Qmp
  /** What the vCPU threads were given since QEMU was up. */
  readonly starvation: StarvationMeter
  /** Turns an error met elsewhere into what the console says it was. */
  readonly diagnose: (error: unknown) => Promise<unknown>
  /** Rejects when QEMU ends or the kernel faults; never resolves. To be raced against anything that waits. */
  readonly loss: Loss
}

const vcpuSchema = z.array(z.object({ 'thread-id': z.int() }))

/** Starts QEMU and waits for its QMP. The scope ends it. Throws `Trouble` at stage `boot.qemu`. */
export async function startQemu(start: QemuStart, scope: Scope): Promise<RunningQemu> {
  const { limits, emulated } = start
  const declared = start.declared ?? (() => [])
  const process = await spawnProcess(start.argv, {
    stdio: ['ignore', 'pipe', 'pipe', ...(start.openFile === undefined ? [] : [start.openFile])],
    stage: 'boot.qemu',
  })
  scope.onEnd('QEMU', async () => {
    if (process.isRunning) await process.terminate(limits.ms('guest.console'))
  })

  preloadSsh()
  const complaints = new Complaints(process.stderr, join(start.evidenceDir, 'qemu.log'))
  const console = new SerialLog(process.stdout, join(start.evidenceDir, 'serial.log'))
  let starvation: StarvationMeter | undefined
  const believe = (error: unknown) =>
    diagnose(error, {
      console,
      qemu: process,
      limits,
      starvation,
      complaints,
      emulated,
      declared: declared(),
    })
  const loss = lossOf(process, console, believe)

  const qmp = await believing(
    believe,
    Qmp.connect(start.qmpSocket, limits.deadline('boot.qemu', 'Start of QEMU'), process.exited),
    loss,
  )
  scope.onEnd('the QMP connection', () => qmp.close())

  starvation = await StarvationMeter.start(process.pid, await vcpuThreads(qmp, limits))
  return { process, console, qmp, starvation, diagnose: believe, loss }
}

/** Waits for `work` unless the guest is lost first; an error is what the console says it was. */
export async function believing<T>(
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

/** The host's thread ids of the vCPUs (QMP query-cpus-fast). */
async function vcpuThreads(qmp: Qmp, limits: Limits): Promise<readonly number[]> {
  const cpus = vcpuSchema.parse(await qmp.execute('query-cpus-fast', {}, limits.ms('qmp.command')))
  return cpus.map((cpu) => cpu['thread-id'])
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
