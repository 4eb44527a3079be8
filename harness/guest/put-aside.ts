/** Putting a ready guest aside, so that later runs can start from it. The guest itself goes on as if nothing had been. */
import { open, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, Trouble } from '../base/errors.ts'
import type { Limits } from '../base/limits.ts'
import { errnoOf } from '../host/errno.ts'
import type { Guest } from './guest.ts'
import { migrateTo, migrationBlockers } from './migration.ts'
import {
  BOOT_CONSOLE_FILE,
  digestOf,
  MEMORY_FILE,
  SNAPSHOT_SCHEMA,
  type SnapshotFacts,
  writeFacts,
} from './snapshot.ts'

/** Where a snapshot is made, and where it goes when it is whole. */
export interface SnapshotPlace {
  /** An empty directory of our own, on the same file system as `dir`. */
  readonly partial: string
  readonly dir: string
  readonly qemuMajor: number
}

/**
 * Puts the guest aside and lets it run on. Nobody is logged in to it at that moment: a session would stay for ever in
 * every guest that is made from it. Throws `Trouble` at `snapshot.save` when that is not possible; the guest runs on then, too.
 */
export async function putAside(
  guest: Guest,
  place: SnapshotPlace,
  facts: Omit<SnapshotFacts, 'schema' | 'savedAt' | 'memory'>,
  limits: Limits,
): Promise<void> {
  const [blocker] = await migrationBlockers(guest.qmp)
  if (blocker !== undefined) throw new Trouble('snapshot.save', `QEMU cannot save this machine: ${blocker}`)
  const memory = join(place.partial, MEMORY_FILE)
  let trouble: unknown
  await guest.whileLoggedOut(async () => {
    await guest.qmp.execute('stop')
    try {
      await migrateTo(guest.qmp, memory, place.qemuMajor, limits)
    } catch (error) {
      trouble = error
    }
    await guest.qmp.execute('cont')
  })
  if (trouble !== undefined) throw explained(trouble)
  try {
    const file = await open(memory, 'r')
    const digest = await digestOf(file)
    await file.close()
    await rm(`${memory}.whole`, { force: true })
    await writeFile(join(place.partial, BOOT_CONSOLE_FILE), `${guest.console.text}\n`)
    await writeFacts(place.partial, {
      schema: SNAPSHOT_SCHEMA,
      savedAt: new Date().toISOString(),
      memory: digest,
      ...facts,
    })
    await rename(place.partial, place.dir)
  } catch (error) {
    // Another run was quicker: its snapshot is as good.
    if (errnoOf(error) === 'ENOTEMPTY' || errnoOf(error) === 'EEXIST') return
    throw explained(error)
  }
}

function explained(error: unknown): Trouble {
  if (error instanceof Trouble) return error
  const full = errnoOf(error) === 'ENOSPC' || errnoOf(error) === 'EDQUOT'
  return new Trouble('snapshot.save', full ? 'the disk is full' : messageOf(error), { cause: error })
}
