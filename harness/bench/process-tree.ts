/** Watches the processes below one of ours while they live: the CPU time and the peak memory of each. */
import { readFileSync, readlinkSync } from 'node:fs'
import { cpuMsIn, peakMbIn, type Role, roleOf } from './process-facts.ts'

/** One process as it was when it was last seen. */
export interface SeenProcess {
  readonly role: Role
  readonly cpuMs: number
  readonly peakMb: number
}

/** The processes below one, by their pid; what ended is kept. A pid that is used again during one run would mislead it. */
export class ProcessTree {
  readonly #root: number
  readonly #seen = new Map<number, SeenProcess>()

  constructor(root: number) {
    this.#root = root
  }

  /** Looks at all that live now. A process may end between two reads: then its last facts stand. */
  look(): void {
    const pids = [this.#root]
    for (let pid = pids.shift(); pid !== undefined; pid = pids.shift()) {
      pids.push(...childrenOf(pid))
      const facts = factsOf(pid)
      if (facts !== undefined) this.#seen.set(pid, facts)
    }
  }

  /** CPU time of all processes of a role, in milliseconds, as far as it was seen. */
  cpuMs(role: Role): number {
    return this.#of(role).reduce((sum, { cpuMs }) => sum + cpuMs, 0)
  }

  /** The largest peak of any process of a role, in MB; 0 when there was none. */
  peakMb(role: Role): number {
    return Math.max(0, ...this.#of(role).map(({ peakMb }) => peakMb))
  }

  #of(role: Role): readonly SeenProcess[] {
    return [...this.#seen.values()].filter((process) => process.role === role)
  }
}

function childrenOf(pid: number): readonly number[] {
  const text = readOr('', `/proc/${pid}/task/${pid}/children`)
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(Number)
}

function factsOf(pid: number): SeenProcess | undefined {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    const role = roleOf(readlinkSync(`/proc/${pid}/exe`), words)
    const cpuMs = cpuMsIn(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    const peakMb = peakMbIn(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return peakMb === undefined ? undefined : { role, cpuMs, peakMb }
  } catch {
    return undefined
  }
}

function readOr(otherwise: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}
