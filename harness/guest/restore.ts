/** Starting a guest from a snapshot: the same machine, at the moment at which it was put aside. */
import { randomBytes } from 'node:crypto'
import type { Scope } from '../base/scope.ts'
import { enterGuest, type Guest, type GuestRequest } from './guest.ts'
import { migrateFrom } from './migration.ts'
import { believing, startQemu } from './running-qemu.ts'
import { type Snapshot, verifyMemory } from './snapshot.ts'
import { TRACEFS } from './tracefs.ts'

/** The descriptor of the memory file in QEMU: the first after its standard three. */
const MEMORY_FD = 3

/**
 * QEMU's words for a start from a snapshot. No announcement: after a migration virtio-net asks its guest to tell the
 * network where it is now (VIRTIO_NET_S_ANNOUNCE), which is a config interrupt and a transmission that no test asked for.
 */
export const INCOMING = ['-incoming', 'defer', '-global', 'migration.announce-rounds=0'] as const

/**
 * Starts the guest of a snapshot and waits until its shell answers. It gets the time of day and entropy of its own, and
 * an empty trace. Its memory is checked while QEMU starts, before a single instruction of the guest runs.
 * Throws `Trouble`; the scope ends what was started.
 */
export async function restoreGuest(
  request: GuestRequest & { readonly qemuMajor: number },
  snapshot: Snapshot,
  scope: Scope,
): Promise<Guest> {
  const { limits } = request
  const started = performance.now()
  const verified = verifyMemory(snapshot)
  // Heard below; until then it must not end the process.
  verified.catch(() => undefined)
  const qemu = await startQemu(
    { ...request, argv: [...request.argv, ...INCOMING], openFile: snapshot.memory.fd },
    scope,
  )
  request.onStage('boot.qemu')
  await verified
  await believing(
    qemu.diagnose,
    migrateFrom(qemu.qmp, MEMORY_FD, request.qemuMajor, limits).then(() => qemu.qmp.execute('cont')),
    qemu.loss,
  )
  const guest = await enterGuest(qemu, request, scope, started)
  request.onStage('boot.ssh')
  await guest.commands.check(freshWords())
  return guest
}

/** Two guests of one snapshot must not live at the same time of day with the same random numbers to come. */
function freshWords(): string {
  return [
    `date -s @${Math.floor(Date.now() / 1000)} >/dev/null`,
    // What is written is only mixed in; the generator gives out what it would have given until it starts anew.
    `echo ${randomBytes(32).toString('hex')} >/dev/urandom`,
    'reseed',
    `echo >${TRACEFS}/trace`,
  ].join(' && ')
}
