/** Where does a run live? In its own network, process and mount namespaces, which the kernel empties when it dies. */
import { access, readFile, realpath, writeFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { assert, Trouble, messageOf } from '../base/errors.ts'
import { exchange } from './exchange.ts'
import type { Argv } from './processes.ts'

const stage = 'host.namespace'

/**
 * The words to put in front of a program's argv so that it starts as process 1 of fresh namespaces.
 * `root` false adds a user namespace in which an ordinary user is root.
 * setpriv is needed because unshare guards its child but nothing guards unshare (measured: without it both live on).
 * Mind that unshare (util-linux 2.38) blocks SIGTERM and SIGINT while it waits: end a worker over its channel or by SIGKILL.
 */
export function namespaceArgv(options: { readonly root: boolean }): [string, ...string[]] {
  const user = options.root ? [] : ['--user', '--map-root-user']
  const fresh = ['--net', '--pid', '--mount', '--mount-proc', '--fork', '--kill-child=SIGKILL', '--']
  return ['setpriv', '--pdeathsig', 'KILL', '--', 'unshare', ...user, ...fresh]
}

/** The words that enter the namespaces of a run; `pid` is `innerPid`, the worker as the host sees it. */
export function enterArgv(pid: number, options: { readonly root: boolean }): [string, ...string[]] {
  const user = options.root ? [] : ['--user', '--preserve-credentials']
  return ['nsenter', '--target', String(pid), ...user, '--net', '--pid', '--mount', '--']
}

/** The host's number of the process that runs behind `namespaceArgv`; `outerPid` is the one we spawned. Throws `Trouble`. */
export async function innerPid(outerPid: number): Promise<number> {
  const children = await readFile(`/proc/${outerPid}/task/${outerPid}/children`, 'utf8').catch(() => '')
  const pid = Number(children.trim())
  if (Number.isInteger(pid) && pid > 0) return pid
  throw new Trouble(
    stage,
    `Process ${outerPid} has no single child that holds namespaces: "${children.trim()}"`,
  )
}

/** What `isolate` prepares. */
export interface IsolateOptions {
  /** The most that a run may write into its working directory, in MiB; a tmpfs takes memory only for what is used. */
  readonly sizeMiB: number
  /** Paths of the host that must stay visible inside: scenario files, results, cache, kernels. */
  readonly visible: readonly string[]
}

/**
 * To be called once, first of all, by the worker inside its namespaces: loopback up, no IPv6 on any device to come
 * (its router solicitations would be interrupts that nobody asked for), and a private tmpfs for the working directory.
 * Gives the mount point of the tmpfs. Throws `Bug` on the host itself, `Trouble` when the kernel refuses.
 */
export async function isolate(options: IsolateOptions): Promise<string> {
  // Any network here would be the host's own: in a fresh namespace even loopback is down.
  const fresh = process.pid === 1 && Object.keys(networkInterfaces()).length === 0
  assert(fresh, 'isolate() outside of fresh namespaces')
  const mountPoint = await coverable(options.visible)
  const mount = ['-t', 'tmpfs', '-o', `size=${options.sizeMiB}m,mode=0700,nosuid,nodev`, 'irqlab', mountPoint]
  await Promise.all([must(['mount', ...mount]), must(['ip', 'link', 'set', 'lo', 'up']), withoutIpv6()])
  return mountPoint
}

/**
 * Ends the worker with its parent: calls `end` once when the ipc channel closes, or at once if it is closed already.
 * Needed beside the parent-death signal, which a parent that dies between fork and prctl never sends. Keeps the event loop
 * alive. Process 1 of a namespace cannot kill itself by a signal, so `end` has to exit.
 */
export function endWithParent(end: () => void): void {
  if (process.connected) process.once('disconnect', end)
  else end()
}

/** Not by way of the shell module: every run waits for this, and what ends us here is the namespace itself. */
async function must(argv: Argv): Promise<void> {
  const { status, stderr } = await exchange(argv, { stage, limitMs: 5000 })
  if (status === 0) return
  throw new Trouble(stage, `\`${argv.join(' ')}\` ended with ${status ?? 'a signal'}: ${stderr.trim()}`)
}

/** A directory that every host has and that hides nothing needed when a tmpfs lies over it. */
async function coverable(visible: readonly string[]): Promise<string> {
  const needed = await Promise.all(
    [...visible, process.cwd(), process.execPath, import.meta.dirname].map((path) =>
      realpath(path).catch(() => path),
    ),
  )
  for (const path of ['/run', '/mnt', '/media', '/srv']) {
    const there = await realpath(path).catch(() => undefined)
    if (there === path && !needed.some((other) => other === path || other.startsWith(`${path}/`))) return path
  }
  throw new Trouble(stage, 'No directory to cover: /run, /mnt, /media and /srv all hold files of this run', {
    hint: 'Move the results, the cache or the kernel out of one of them',
    lasting: true,
  })
}

async function withoutIpv6(): Promise<void> {
  const conf = '/proc/sys/net/ipv6/conf'
  try {
    await access(conf)
  } catch {
    return // A host kernel without IPv6.
  }
  try {
    for (const which of ['all', 'default']) await writeFile(`${conf}/${which}/disable_ipv6`, '1')
  } catch (error) {
    throw new Trouble(stage, `Cannot switch IPv6 off in the run's network: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
