/** What is this host? The facts that go into environment.json beside the results. */
import { readFile } from 'node:fs/promises'
import { arch, availableParallelism, cpus, freemem, release, totalmem, version } from 'node:os'
import { Trouble } from '../base/errors.ts'
import { exchange } from './exchange.ts'

/** Facts about the host. Undefined means: this host does not say. */
export interface HostFacts {
  readonly kernelRelease: string
  /** The kernel's build line, as `uname -v`. */
  readonly kernelVersion: string
  readonly architecture: string
  readonly cpuModel: string | undefined
  /** Online CPUs, and how many of them this process may use. */
  readonly cpus: number
  readonly usableCpus: number
  readonly memoryMiB: number
  readonly freeMemoryMiB: number
  /** PRETTY_NAME of os-release(5). */
  readonly distribution: string | undefined
  readonly nodeVersion: string
  readonly root: boolean
  /** Soft limits of this process; null is unlimited. */
  readonly limits: ResourceLimits
  readonly irqlabCommit: GitCommit | undefined
}

/** Soft limits of getrlimit(2) that have stopped test hosts before: open files, processes, locked and virtual memory. */
export interface ResourceLimits {
  readonly openFiles: number | null
  readonly processes: number | null
  readonly lockedMemoryBytes: number | null
  readonly addressSpaceBytes: number | null
}

/** The source that is running. */
export interface GitCommit {
  readonly commit: string
  /** There are changes that the commit does not have. */
  readonly dirty: boolean
}

/** Collects the facts; `sourceDir` is where irqlab's own source lies. */
export async function hostFacts(sourceDir: string = import.meta.dirname): Promise<HostFacts> {
  const [limits, osRelease, irqlabCommit] = await Promise.all([
    readFile('/proc/self/limits', 'utf8'),
    readFile('/etc/os-release', 'utf8').catch(() => ''),
    runningCommit(sourceDir),
  ])
  return {
    kernelRelease: release(),
    kernelVersion: version(),
    architecture: arch(),
    cpuModel: cpus()[0]?.model,
    cpus: cpus().length,
    usableCpus: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    freeMemoryMiB: Math.round(freemem() / 2 ** 20),
    distribution: /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease)?.[1],
    nodeVersion: process.version,
    root: process.getuid?.() === 0,
    limits: parseLimits(limits),
    irqlabCommit,
  }
}

/** Reads /proc/PID/limits (proc_pid_limits in fs/proc/base.c). Throws when a line is missing: every kernel has them all. */
export function parseLimits(text: string): ResourceLimits {
  const soft = (name: string): number | null => {
    const found = new RegExp(`^${name} +(unlimited|\\d+) `, 'm').exec(text)?.[1]
    if (found === undefined) throw new Trouble('host.facts', `No limit "${name}" in /proc/self/limits`)
    return found === 'unlimited' ? null : Number(found)
  }
  return {
    openFiles: soft('Max open files'),
    processes: soft('Max processes'),
    lockedMemoryBytes: soft('Max locked memory'),
    addressSpaceBytes: soft('Max address space'),
  }
}

const asked = new Map<string, Promise<GitCommit | undefined>>()

/** `gitCommit`, asked once in the life of this process, early: what was loaded is what runs, whatever is committed meanwhile. */
export function runningCommit(sourceDir: string = import.meta.dirname): Promise<GitCommit | undefined> {
  const answer = asked.get(sourceDir) ?? gitCommit(sourceDir)
  asked.set(sourceDir, answer)
  return answer
}

/** The commit of the work tree that holds the directory; undefined without git, a repository or a first commit. */
export async function gitCommit(dir: string): Promise<GitCommit | undefined> {
  const options = { stage: 'host.facts', limitMs: 5000, cwd: dir }
  try {
    // One process for both answers, and no lock: somebody may be at work in this tree.
    const format = ['--porcelain=v2', '--branch', '--no-ahead-behind', '--untracked-files=no']
    const { status, stdout } = await exchange(['git', '--no-optional-locks', 'status', ...format], options)
    const commit = /^# branch\.oid ([0-9a-f]+)$/m.exec(stdout)?.[1]
    if (status !== 0 || commit === undefined) return undefined
    return { commit, dirty: /^[^#]/m.test(stdout) }
  } catch {
    return undefined // No git on this host.
  }
}
