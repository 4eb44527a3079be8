/** Did the host let the guest's vCPUs run? A stall in a guest that was itself kept waiting is not the kernel's fault. */
import { readFile } from 'node:fs/promises'
import { Trouble } from '../base/errors.ts'

/** What the scheduler has counted for one thread since its start. */
export interface ThreadTimes {
  readonly ranMs: number
  /** Ready to run, and waiting for a CPU. Undefined where the host's kernel does not count it. */
  readonly waitedMs: number | undefined
}

/** The sums over the threads of one window. */
export interface Starvation extends ThreadTimes {
  readonly wallMs: number
  /** Threads that were there at both ends of the window. */
  readonly threads: number
}

/**
 * Reads /proc/PID/task/TID/schedstat: run time, run delay in ns, time slices (proc_pid_schedstat in fs/proc/base.c, since 2.6.9).
 * Throws `Trouble` on any other text. "0 0 0" is what a kernel says that does not count, since a thread that exists has run.
 */
export function parseSchedstat(text: string): ThreadTimes | undefined {
  const found = /^(\d+) (\d+) (\d+)\n?$/.exec(text)
  if (found === null) throw new Trouble('host.starvation', `Not a schedstat line: "${text.trim()}"`)
  const ranMs = Number(found[1]) / 1e6
  const waitedMs = Number(found[2]) / 1e6
  if (Number(found[3]) > 0) return { ranMs, waitedMs }
  return ranMs > 0 ? { ranMs, waitedMs: undefined } : undefined
}

/** The times of one thread; undefined when it is gone or not counted. */
export async function threadTimes(pid: number, threadId: number): Promise<ThreadTimes | undefined> {
  const text = await readFile(`/proc/${pid}/task/${threadId}/schedstat`, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : parseSchedstat(text)
}

/** Measures a window over some threads of a process, such as the vCPUs of a QEMU. */
export class StarvationMeter {
  readonly #pid: number
  readonly #start: ReadonlyMap<number, ThreadTimes | undefined>
  readonly #startedAt = performance.now()

  /** Only `start` makes these. */
  constructor(pid: number, start: ReadonlyMap<number, ThreadTimes | undefined>) {
    this.#pid = pid
    this.#start = start
  }

  /** Opens the window. */
  static async start(pid: number, threadIds: readonly number[]): Promise<StarvationMeter> {
    const times = threadIds.map(async (id) => [id, await threadTimes(pid, id)] as const)
    return new StarvationMeter(pid, new Map(await Promise.all(times)))
  }

  /** The window so far; it stays open, so this can be asked again. */
  async read(): Promise<Starvation> {
    const wallMs = performance.now() - this.#startedAt
    let ranMs = 0
    let waitedMs: number | undefined = 0
    let threads = 0
    for (const [id, before] of this.#start) {
      const after = await threadTimes(this.#pid, id)
      if (before === undefined || after === undefined) continue
      threads++
      ranMs += after.ranMs - before.ranMs
      const waited = (after.waitedMs ?? Number.NaN) - (before.waitedMs ?? Number.NaN)
      waitedMs = waitedMs === undefined || Number.isNaN(waited) ? undefined : waitedMs + waited
    }
    return { ranMs, waitedMs: threads === 0 ? undefined : waitedMs, wallMs, threads }
  }
}
