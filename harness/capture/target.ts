/** Whose interrupts are asked for? Reads a TARGET: nothing is this host, ssh:// another one, anything else a capture. */
import { statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../base/errors.ts'

/** A machine that can be asked. */
export type Host =
  | { readonly kind: 'here' }
  | { readonly kind: 'ssh'; readonly destination: string; readonly port: number | undefined }

/** A machine, or what was taken from one. */
export type Target =
  | Host
  | { readonly kind: 'archive'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string }
  /** Has the proc/ and sys/ of a machine that runs: what a container sees of its host. */
  | { readonly kind: 'tree'; readonly path: string }

/** Reads it. Throws `UsageError` for an address that is none, and for a path where nothing is. */
export function parseTarget(text: string | undefined): Target {
  if (text === undefined) return { kind: 'here' }
  if (/^[a-z+]+:\/\//i.test(text)) return sshHost(text)
  const found = statSync(text, { throwIfNoEntry: false })
  if (found === undefined)
    throw new UsageError(
      `${JSON.stringify(text)}: there is no such capture; give a capture, a sosreport, a folder of either or of loose files, ssh://USER@HOST, or nothing for this host`,
    )
  if (!found.isDirectory()) return { kind: 'archive', path: text }
  return { kind: isMounted(join(text, 'proc')) ? 'tree' : 'folder', path: text }
}

/** include/uapi/linux/magic.h:PROC_SUPER_MAGIC */
const PROC_MAGIC = 0x9fa0

/** The kernel's own files, and no copy of them: they are collected as on any machine. Copies may have links to anywhere. */
function isMounted(path: string): boolean {
  try {
    return statfsSync(path).type === PROC_MAGIC
  } catch {
    return false
  }
}

/** A machine only. Throws `UsageError`. */
export function parseHost(text: string | undefined): Host {
  const target = parseTarget(text)
  if (target.kind === 'here' || target.kind === 'ssh') return target
  throw new UsageError(`${target.path} is a capture already; \`irqlab diagnose ${target.path}\` reads it`)
}

function sshHost(text: string): Host {
  const match =
    /^ssh:\/\/(?:(?<user>[\w.][\w.-]*\$?)@)?(?<host>[\w][\w.-]*|\[[0-9a-fA-F:.%\w]+\])(?::(?<port>\d{1,5}))?\/?$/.exec(
      text,
    )
  const { user, host, port } = match?.groups ?? {}
  // Neither part can begin with a dash: ssh(1) would take it for an option.
  if (host === undefined || Number(port ?? 22) > 65_535 || port === '0')
    throw new UsageError(`${JSON.stringify(text)}: give ssh://USER@HOST or ssh://USER@HOST:PORT`)
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  return {
    kind: 'ssh',
    destination: user === undefined ? bare : `${user}@${bare}`,
    port: port === undefined ? undefined : Number(port),
  }
}
