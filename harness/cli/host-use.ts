/** Which machine that is not ours is asked, by which way, and what of `irqlab run` has a meaning there? */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../base/errors.ts'
import { parseHost } from '../capture/target.ts'
import { QUEUES_MAX } from '../remote/host-nics.ts'
import type { HostWay } from '../remote/host-shell.ts'
import { DATAGRAMS_MAX } from '../traffic/flows.ts'
import type { RunOptions } from './run-options.ts'

/** Options of `run` that say something of a machine which is not ours. */
const MEANT: ReadonlySet<string> = new Set([
  'host',
  'iMayChangeThisHost',
  'hostNic',
  'hostKey',
  'repeat',
  'seed',
  'timeoutScale',
  'results',
  'retries',
  'failOn',
  'maxFail',
  'reporter',
  'json',
  'dryRun',
])

/** What a run changes there, for whoever is to allow it. */
export const HOST_CHANGES = [
  `the affinity masks of up to ${QUEUES_MAX} irqs of one NIC (kept first, and written back in the end, by a guard there if irqlab dies)`,
  'an instance of the trace and kprobes of our own (removed in the end)',
  'a folder /run/irqlab (removed in the end) and a line in its kernel log for each run (stays)',
  `up to ${DATAGRAMS_MAX} datagrams a run to the address of that NIC`,
] as const

/** The way there. Throws `UsageError` for an address that is none, and a key that is not there. */
export function hostWay(address: string, keys: readonly string[]): HostWay {
  const host = address.startsWith('ssh://') ? parseHost(address) : undefined
  if (host?.kind !== 'ssh')
    throw new UsageError(`--host ${address}: give ssh://USER@HOST or ssh://USER@HOST:PORT`)
  for (const key of keys)
    if (!existsSync(key)) throw new UsageError(`--host-key ${key}: there is no such file`)
  return { destination: host.destination, port: host.port, keys: keys.map((key) => resolve(key)) }
}

/** Throws `UsageError` for an option that has no meaning with `--host`, or none without it, and for what was not allowed. */
export function checkHostUse(options: RunOptions, given: readonly string[]): void {
  const { host } = options
  if (host === undefined) {
    const alone = given.find((name) => ['iMayChangeThisHost', 'hostNic', 'hostKey'].includes(name))
    if (alone !== undefined)
      throw new UsageError(`${dashed(alone)} says something of --host only: give that, too`)
    return
  }
  const foreign = given.find((name) => !MEANT.has(name))
  if (foreign !== undefined)
    throw new UsageError(
      `--host ${host} and ${dashed(foreign)} cannot be given together: that machine is as it is, and asked one run at a time`,
    )
  if (options.iMayChangeThisHost !== true)
    throw new UsageError(
      `--host ${host}: a run changes that machine: ${HOST_CHANGES.join('; ')}. Give --i-may-change-this-host if you may`,
    )
}

function dashed(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
