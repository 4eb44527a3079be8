/** Upon what is a kernel to be built? Reads the name of a base; whether Debian has it is found out when it is fetched. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError, messageOf } from '../../base/errors.ts'

/** The source of a Debian kernel, with Debian's own patches: a linux-source package. */
export interface DebianSourceBase {
  readonly kind: 'debian-source'
  /** As the user wrote it: `debian-source:6.12`. */
  readonly text: string
  /** `6.12`: the end of the package's name. */
  readonly series: string
  /** `6.12.117-1`; absent: the newest. */
  readonly version: string | undefined
}

/** A Linux source tree of the user's own. Nothing is ever written into it. */
export interface TreeBase {
  readonly kind: 'tree'
  readonly text: string
  /** Absolute. */
  readonly dir: string
  /** Any name of a commit; absent: the files as they are, changes that were not committed included. */
  readonly commit: string | undefined
}

/** Either of the two. */
export type BuildBase = DebianSourceBase | TreeBase

/** How bases can be named, for messages. */
const BASE_FORMS = 'debian-source:SERIES, debian-source:VERSION or tree:DIR[,commit=COMMIT]'

/** Reads a base. Throws `UsageError` with one line that names the value and what is wrong with it. */
export function parseBuildBase(text: string): BuildBase {
  const [, kind = '', rest = ''] = /^(debian-source|tree):(.*)$/s.exec(text) ?? []
  if (kind === 'debian-source') return parseDebianSource(text, rest)
  if (kind === 'tree') return parseTree(text, rest)
  throw new UsageError(`"${text}" is nothing to build upon: give ${BASE_FORMS}`)
}

function parseDebianSource(text: string, wanted: string): DebianSourceBase {
  const [, named] = /^\d+\.\d+=(.*)$/s.exec(wanted) ?? []
  if (named !== undefined && wanted.startsWith(`${named.split('.').slice(0, 2).join('.')}=`)) {
    return parseDebianSource(text, named)
  }
  if (/^\d+\.\d+$/.test(wanted)) return { kind: 'debian-source', text, series: wanted, version: undefined }
  // Debian policy 5.6.12; a package version always has a revision, which tells it from a release such as 6.12.9.
  const series = /^(\d+\.\d+)[.~][0-9A-Za-z.+~]*-[0-9A-Za-z.+~]+$/.exec(wanted)?.[1]
  if (series !== undefined) return { kind: 'debian-source', text, series, version: wanted }
  throw new UsageError(
    `${text}: give a series such as debian-source:6.12, or a whole package version such as debian-source:6.12.117-1`,
  )
}

const commitWord = ',commit='

function parseTree(text: string, rest: string): TreeBase {
  const at = rest.lastIndexOf(commitWord)
  const named = at < 0 ? rest : rest.slice(0, at)
  const commit = at < 0 ? undefined : rest.slice(at + commitWord.length)
  if (named === '') throw new UsageError(`${text}: give the directory of a Linux source tree`)
  // A commit that begins with a dash would be an option of git.
  if (commit !== undefined && !/^[^-\s][^\s]*$/.test(commit)) {
    throw new UsageError(`${text}: "${commit}" is no name of a commit`)
  }
  const dir = resolve(named)
  const why = whyNoTree(dir, commit !== undefined)
  if (why !== undefined) throw new UsageError(`${text}: ${dir} ${why}`)
  return { kind: 'tree', text, dir, commit }
}

/** A bare repository, or one that is checked out elsewhere, will do where a commit is named. */
function whyNoTree(dir: string, hasCommit: boolean): string | undefined {
  try {
    if (!statSync(dir).isDirectory()) return 'is no directory'
    if (hasCommit) return undefined
    const makefile = readFileSync(join(dir, 'Makefile'), 'utf8')
    if (/^PATCHLEVEL\s*=/m.test(makefile) && existsSync(join(dir, 'Kconfig'))) return undefined
  } catch (error) {
    if (/ENOENT|ENOTDIR/.test(messageOf(error))) return existsSync(dir) ? noLinux : 'is not there'
    return `cannot be read: ${messageOf(error)}`
  }
  return noLinux
}

const noLinux = 'is no Linux source tree: it has no Makefile with VERSION and PATCHLEVEL, or no Kconfig'
