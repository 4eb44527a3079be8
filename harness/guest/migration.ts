/** QEMU's migration of a guest to a file and from one, over QMP. */
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import { poll } from '../base/poll.ts'
import type { Qmp } from '../host/qmp.ts'

/** A file is no network: as fast as it takes the bytes. In bytes a second. */
const BANDWIDTH = 2 ** 40

/**
 * QEMU 9 and later open a file themselves (8.2 could already, and is not in any Debian). The one stream format serves
 * both: mapped-ram (QEMU 9) saved in 162 ms against 89, and its sparse file takes five times as long to check
 * (measured with QEMU 10.0.2, 512 MiB guest, 107 MB of it used).
 */
const FILE_URI_SINCE = 9

/** From the end of QEMU's writing to the end of its program's. */
const LAST_BYTES_MS = 2000

const stateSchema = z.looseObject({
  status: z.string().optional(),
  'error-desc': z.string().optional(),
  'blocked-reasons': z.array(z.string()).optional(),
})
const eventSchema = z.looseObject({ status: z.string() })

/** Why QEMU cannot migrate this machine, in its own words; none when it can (query-migrate, QEMU 6.0 and later). */
export async function migrationBlockers(qmp: Qmp): Promise<readonly string[]> {
  return stateSchema.parse(await qmp.execute('query-migrate'))['blocked-reasons'] ?? []
}

/** Writes the stopped guest to `path`. Throws `Trouble` at `snapshot.save` when it is not written whole. */
export async function migrateTo(qmp: Qmp, path: string, qemuMajor: number, limits: Limits): Promise<void> {
  await qmp.execute('migrate-set-parameters', { 'max-bandwidth': BANDWIDTH })
  const deadline = limits.deadline('snapshot.save', 'Putting the guest aside')
  const whole = `${path}.whole`
  await migration(qmp, deadline, 'migrate', {
    // QEMU does not wait for its program: that the last byte was written is told by the second file.
    uri: qemuMajor >= FILE_URI_SINCE ? `file:${path}` : `exec:cat >${quoted(path)} && : >${quoted(whole)}`,
  })
  if (qemuMajor >= FILE_URI_SINCE) return
  const last = new Deadline(
    'snapshot.save',
    'Writing the last of the memory (is the disk full?)',
    LAST_BYTES_MS,
  )
  await poll(last, () => existsSync(whole) || undefined, { everyMs: 5 })
}

/** Reads the guest from QEMU's descriptor `fd`, an open file. QEMU was started with `-incoming defer`. Throws `Trouble`. */
export async function migrateFrom(qmp: Qmp, fd: number, qemuMajor: number, limits: Limits): Promise<void> {
  const deadline = limits.deadline('snapshot.load', 'Reading the guest that was put aside')
  const uri = qemuMajor >= FILE_URI_SINCE ? `file:/proc/self/fd/${fd}` : `fd:${fd}`
  await migration(qmp, deadline, 'migrate-incoming', { uri })
}

async function migration(qmp: Qmp, deadline: Deadline, command: string, args: object): Promise<void> {
  await qmp.execute('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] })
  let stop: () => void = () => undefined
  const ended = new Promise<string>((resolve) => {
    stop = qmp.onEvent(({ name, data }) => {
      if (name !== 'MIGRATION') return
      const { status } = eventSchema.parse(data)
      if (status === 'completed' || status === 'failed') resolve(status)
    })
  })
  try {
    await qmp.execute(command, args, deadline.leftMs)
    const lost = qmp.closed.then(() => Promise.reject(new Trouble(deadline.stage, 'QEMU ended meanwhile')))
    if ((await deadline.race(Promise.race([ended, lost]))) === 'completed') return
    const { 'error-desc': why = 'QEMU does not say why' } = stateSchema.parse(
      await qmp.execute('query-migrate'),
    )
    throw new Trouble(deadline.stage, why)
  } finally {
    stop()
  }
}

/** One word of sh: QEMU asks /bin/sh, which does not know the $'' that zx quotes with. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`
}
