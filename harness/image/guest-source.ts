/** What did the user mean by `--guest VALUE`? Answered before anything is built: the user's own files are looked at here. */
import { accessSync, constants, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../base/errors.ts'
import { withHome } from '../base/without-home.ts'
import { type DiskFormat, diskFormatOf } from './disk-image.ts'

/**
 * What becomes of programs that write affinities by themselves (irqbalance). `stopped`: they do not run while irqlab asks.
 * `running`: they run as the guest has them, and what they write is told as what it is. `restarted`: irqbalance is started
 * anew when all irqs are at rest, and looks every second, so that what it does first falls into the run.
 */
const BALANCERS = ['stopped', 'running', 'restarted'] as const

/** One of them. */
export type Balancers = (typeof BALANCERS)[number]

/** Who logs in to an image that is not ours. */
export interface ImageLogin {
  readonly user: string
  /** The file of a private key; absent: the agent's keys, see SSH_AUTH_SOCK. */
  readonly keyFile: string | undefined
}

/** The guest of a run. `text` is what the user wrote. */
export type GuestSource =
  | { readonly kind: 'micro'; readonly text: string }
  | { readonly kind: 'debian-full'; readonly text: string; readonly balancers: Balancers }
  | {
      readonly kind: 'qcow2'
      readonly text: string
      /** Absolute. */
      readonly path: string
      readonly format: DiskFormat
      /** Absent: cloud-init is given a user and a key of ours. */
      readonly login: ImageLogin | undefined
      /** Of its SSH server. */
      readonly port: number
      readonly balancers: Balancers
      /** The file system with /sbin/init, for a kernel that is not the image's own. */
      readonly root: string | undefined
    }

/** The guest that is taken when none is named. */
export const MICRO: GuestSource = { kind: 'micro', text: 'micro' }

const KINDS = 'micro, debian-full or qcow2:PATH'
const KEYS = {
  micro: [],
  'debian-full': ['balancers'],
  qcow2: ['user', 'key', 'port', 'root', 'balancers'],
} as const

/** Reads the value. Throws `UsageError` with one line that names what is wrong and what would be right. */
export function parseGuestSource(
  text: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): GuestSource {
  const [head = '', ...rest] = withHome(text).split(',')
  const [, kind, path] = /^(micro|debian-full|qcow2)(?::(.*))?$/s.exec(head) ?? []
  if (kind === undefined || !isKind(kind) || (path !== undefined) !== (kind === 'qcow2'))
    throw new UsageError(`--guest ${JSON.stringify(text)}: give ${KINDS}`)
  const settings = settingsOf(text, rest, KEYS[kind])
  if (kind === 'micro') return { kind, text }
  const balancers = balancersOf(text, settings.get('balancers'))
  if (kind === 'debian-full') return { kind, text, balancers }
  if (path === undefined || path === '')
    throw new UsageError(`--guest ${text}: give the path of an image behind qcow2:`)
  const absolute = resolve(path)
  return {
    kind,
    text,
    path: absolute,
    format: diskFormatOf(absolute, text),
    login: loginOf(text, settings, env),
    port: portOf(text, settings.get('port')),
    balancers,
    root: rootOf(text, settings.get('root')),
  }
}

/** What is not started unless balancers are to run: one that never ran has written nothing. */
const BALANCER_UNITS = ['irqbalance.service']

/** What a kernel that is started beside a disk has to be told of it. */
export function kernelWordsFor(source: GuestSource): readonly string[] {
  if (source.kind === 'debian-full') {
    const masked = source.balancers === 'running' ? [] : BALANCER_UNITS
    return ['irqlab.root=/dev/vda', ...masked.map((unit) => `systemd.mask=${unit}`)]
  }
  if (source.kind === 'micro' || source.root === undefined) return []
  // The system of an image that is not ours sets up its network by itself.
  return [`irqlab.root=${source.root}`, 'irqlab.nics=own']
}

function isKind(kind: string): kind is keyof typeof KEYS {
  return kind in KEYS
}

function settingsOf(
  text: string,
  words: readonly string[],
  known: readonly string[],
): ReadonlyMap<string, string> {
  const settings = new Map<string, string>()
  for (const word of words) {
    const [, key, value] = /^([a-z]+)=(.+)$/s.exec(word) ?? []
    if (key === undefined || value === undefined || !known.includes(key)) {
      const can =
        known.length === 0 ? 'it takes no settings' : `it takes ${known.map((one) => `${one}=`).join(', ')}`
      throw new UsageError(`--guest ${text}: ${JSON.stringify(word)} is no setting of it; ${can}`)
    }
    if (settings.has(key)) throw new UsageError(`--guest ${text}: ${key}= is there twice`)
    settings.set(key, value)
  }
  return settings
}

function balancersOf(text: string, value = 'stopped'): Balancers {
  const found = BALANCERS.find((one) => one === value)
  if (found !== undefined) return found
  throw new UsageError(`--guest ${text}: balancers is ${JSON.stringify(value)}; give ${BALANCERS.join(', ')}`)
}

function loginOf(
  text: string,
  settings: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string | undefined>>,
): ImageLogin | undefined {
  const [user, key] = [settings.get('user'), settings.get('key')]
  if (user === undefined && key === undefined) return undefined
  if (user !== undefined && !/^[\w.@-]+$/.test(user))
    throw new UsageError(`--guest ${text}: ${JSON.stringify(user)} is no name of a user`)
  if (key === undefined && !env['SSH_AUTH_SOCK'])
    throw new UsageError(`--guest ${text}: no key=FILE, and no agent either (SSH_AUTH_SOCK is not set)`)
  return { user: user ?? 'root', keyFile: key === undefined ? undefined : readable(text, key) }
}

function readable(text: string, key: string): string {
  const path = resolve(key)
  try {
    accessSync(path, constants.R_OK)
    if (statSync(path).isFile()) return path
  } catch {
    // Told below.
  }
  throw new UsageError(`--guest ${text}: key=${key} is no file that can be read`)
}

function portOf(text: string, value = '22'): number {
  const port = Number(value)
  if (/^\d+$/.test(value) && port > 0 && port < 65_536) return port
  throw new UsageError(`--guest ${text}: port is ${JSON.stringify(value)}; give a number from 1 to 65535`)
}

function rootOf(text: string, value: string | undefined): string | undefined {
  if (value === undefined || /^\/dev\/[a-z0-9/]+$/.test(value)) return value
  throw new UsageError(`--guest ${text}: root is ${JSON.stringify(value)}; give a device such as /dev/vda1`)
}
