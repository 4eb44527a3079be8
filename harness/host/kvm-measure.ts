/** How fast does a vCPU count on this host under an accelerator? One try of the proof ROM, in vCPU CPU time. */
import { open, readFile, writeFile } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import { pause } from '../base/poll.ts'
import { Scope } from '../base/scope.ts'
import { proofCounts, proofExitPort, proofExitValue, proofRom } from './kvm-proof-rom.ts'
import { spawnProcess } from './processes.ts'
import type { Argv, Child, Exit } from './processes.ts'
import { Qmp } from './qmp.ts'
import { makeWorkdir } from './workdir.ts'

const stage = 'host.accelerator'

/** One try of the ROM: how far it counted in how much CPU time of the vCPU's thread. */
export interface CountMeasure {
  /** The ROM reached its end within the limits. */
  readonly finished: boolean
  /** Counts done; each is two instructions. */
  readonly counts: number
  /** CPU time of the vCPU's thread as last seen before the end, in steps of 10 ms (USER_HZ). */
  readonly cpuMs: number
  /** Time by the clock since QMP `cont`. */
  readonly wallMs: number
}

/** QEMU would not, or could not, run the ROM: the last of what it said. */
export interface QemuRefusal {
  readonly refused: string
}

/** When a try is cut off: CPU time of the vCPU, and time by the clock, for a host too busy to give it that. */
export interface CountLimits {
  readonly cpuMs: number
  readonly wallMs: number
}

/**
 * Runs the ROM with its `counts` once under "kvm" or "tcg", started stopped and measured from QMP `cont`.
 * Throws `Trouble` when QEMU cannot be started or lives on and does not answer.
 */
export async function measureCounts(
  qemuPath: string,
  accelerator: 'kvm' | 'tcg',
  limits: CountLimits,
  counts = proofCounts,
): Promise<CountMeasure | QemuRefusal> {
  const rom = await openRom(counts)
  try {
    const qemu = await spawnProcess(proofArgv(qemuPath, accelerator), {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', rom.fd],
      stage,
    })
    const said = collect(qemu)
    try {
      return await count(qemu, limits, counts)
    } catch (error) {
      // A QEMU that refuses says why on stderr and goes, so the broken conversation is only the echo of that.
      const gone = await exitSoon(qemu)
      if (gone === undefined) throw error
      return { refused: said() || `QEMU ended with ${gone.signal ?? `status ${gone.code}`} and no message` }
    } finally {
      await qemu.terminate(0)
    }
  } finally {
    await rom.close()
  }
}

/** A file that has no name any more: nothing is left behind, however we end. */
async function openRom(counts: number): Promise<FileHandle> {
  const scope = new Scope()
  try {
    const path = join(await makeWorkdir(scope), 'rom')
    await writeFile(path, proofRom(counts))
    return await open(path, 'r')
  } finally {
    await scope.end()
  }
}

/**
 * Descriptor 3 is the QMP socket, 4 the ROM. The plain qemu64 model asks nothing of the host's CPU: `max` and `host` abort
 * on hosts that refuse an MSR, which is no answer to the question here.
 */
function proofArgv(qemuPath: string, accelerator: string): Argv {
  const machine = `-machine pc -accel ${accelerator} -cpu qemu64 -smp 1 -m 4M -nodefaults -no-user-config`
  const proof = `-display none -S -bios /proc/self/fd/4 -device isa-debug-exit,iobase=${proofExitPort},iosize=1`
  const qmp = '-chardev socket,id=qmp,fd=3 -mon chardev=qmp,mode=control'
  return ['setpriv', '--pdeathsig', 'KILL', '--', qemuPath, ...`${machine} ${proof} ${qmp}`.split(' ')]
}

async function count(qemu: Child, limits: CountLimits, counts: number): Promise<CountMeasure | QemuRefusal> {
  const qmp = await Qmp.over(qemu.stream(3), new Deadline(stage, 'the greeting of QEMU', 1500))
  const threadId = threadIdIn(await qmp.execute('query-cpus-fast'))
  const startedAt = performance.now()
  // The ROM may end QEMU before the answer to `cont` is written.
  await qmp.execute('cont').catch((error: unknown) => {
    if (qemu.isRunning && !(error instanceof Trouble)) throw error
  })
  for (let cpuMs = 0; ; await pause(5)) {
    const wallMs = performance.now() - startedAt
    const exit = qemu.isRunning ? undefined : await qemu.exited
    if (exit?.code === proofExitValue * 2 + 1) return { finished: true, counts, cpuMs, wallMs }
    if (exit) throw new Trouble(stage, 'QEMU ended before the ROM did')
    cpuMs = (await threadCpuMs(qemu.pid, threadId)) ?? cpuMs
    if (cpuMs < limits.cpuMs && wallMs < limits.wallMs) continue
    try {
      return await cutOff(qmp, { cpuMs, wallMs }, counts)
    } catch (error) {
      // It may have reached its end while we asked how far it was: the next turn sees how it ended.
      if ((await exitSoon(qemu)) === undefined) throw error
    }
  }
}

async function exitSoon(qemu: Child): Promise<Exit | undefined> {
  return new Deadline(stage, 'end of QEMU', 300).race(qemu.exited).catch(() => undefined)
}

async function cutOff(
  qmp: Qmp,
  spent: Pick<CountMeasure, 'cpuMs' | 'wallMs'>,
  counts: number,
): Promise<CountMeasure | QemuRefusal> {
  const state = await qmp.execute('query-status')
  const running = typeof state === 'object' && state !== null && 'running' in state && state.running === true
  if (!running) return { refused: `the guest stopped by itself: ${JSON.stringify(state)}` }
  const registers = String(await qmp.execute('human-monitor-command', { 'command-line': 'info registers' }))
  const left = /\b[ER]CX=([0-9a-f]+)/.exec(registers)?.[1]
  if (left === undefined) throw new Trouble(stage, `No register CX in: ${registers.slice(0, 200)}`)
  // Zero is the value at reset: the ROM sets the register first of all, and is gone when it gets back to zero.
  const leftCounts = Number.parseInt(left, 16) || counts
  return { finished: false, counts: counts - leftCounts, ...spent }
}

function threadIdIn(answer: unknown): number {
  const first: unknown = Array.isArray(answer) ? answer[0] : undefined
  const found = typeof first === 'object' && first !== null && 'thread-id' in first ? first['thread-id'] : 0
  if (typeof found === 'number' && found > 0) return found
  throw new Trouble(stage, `QEMU names no vCPU thread: ${JSON.stringify(answer)}`)
}

/** utime + stime, which count guest time too (proc(5), fields 14 and 15 of stat); undefined when the thread is gone. */
async function threadCpuMs(pid: number, threadId: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/task/${threadId}/stat`, 'utf8').catch(() => undefined)
  // The command name, field 2, may hold spaces and brackets: count from its end.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  if (fields?.[11] === undefined || fields[12] === undefined) return undefined
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function collect(qemu: Child): () => string {
  let text = ''
  qemu.stderr.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
  })
  // The reason stands before the assertion that often follows it; warnings are no reason.
  const reasons = (): string[] =>
    text.split('\n').filter((line) => line !== '' && !line.includes(': warning: '))
  return () =>
    reasons()
      .slice(0, 2)
      .join('; ')
      .replaceAll(/\S*qemu-system-x86_64: /g, '')
}
