/**
 * The floor: how long the same QEMU, kernel, q35, -cpu, -smp, memory and kernel command line need, with no NIC, to the
 * first line of a busybox init. No boot of ours can be faster than that.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Deadline } from '../base/deadline.ts'
import { Trouble } from '../base/errors.ts'
import type { Scope } from '../base/scope.ts'
import { SerialLog } from '../guest/serial-log.ts'
import { type Argv, spawnProcess } from '../host/processes.ts'
import { cpioArchive } from '../image/cpio.ts'
import type { GuestImage } from '../image/guest-image.ts'
import { fileIn } from '../image/cpio-file.ts'

const LIMIT_MS = 60_000
const SIGN = 'irqlab-floor'

/** PID 1 of the floor: its first act is the line that is waited for; then the machine is turned off. */
const INIT = `#!/bin/busybox sh
echo ${SIGN} >/dev/console
exec /bin/busybox poweroff -f
`

/** Options of a guest's command line that belong to its network and to our control of it. */
const LEFT_OUT = /^-(?:netdev|qmp)$/

/** A guest's command line without its NICs and without QMP. Everything else stays, in its order. Pure. */
export function floorArgv(argv: Argv): Argv {
  const [binary, ...words] = argv
  const kept: string[] = []
  for (let at = 0; at < words.length; at++) {
    const [option = '', value = ''] = words.slice(at, at + 2)
    if (LEFT_OUT.test(option) || (option === '-device' && value.startsWith('virtio-net'))) at++
    else kept.push(option)
  }
  return [binary, ...kept]
}

/** Writes the initramfs of the floor into `dir`, from the busybox of the micro guest. Gives its path. */
export function writeFloorInitramfs(guest: Pick<GuestImage, 'initramfs'>, dir: string): string {
  const path = join(dir, 'floor.cpio')
  const busybox = fileIn(readFileSync(guest.initramfs), '/bin/busybox')
  writeFileSync(
    path,
    cpioArchive([
      { kind: 'file', path: '/bin/busybox', content: busybox, mode: 0o755 },
      { kind: 'character device', path: '/dev/console', major: 5, minor: 1 },
      { kind: 'file', path: '/init', content: Buffer.from(INIT), mode: 0o755 },
    ]),
  )
  return path
}

/** Boots once and gives the milliseconds from QEMU's start to the line of init. Throws `Trouble` with the console. */
export async function bootToFloor(argv: Argv, dir: string, scope: Scope): Promise<number> {
  const started = performance.now()
  const qemu = await spawnProcess(argv, { stdio: ['ignore', 'pipe', 'inherit'], stage: 'bench.floor' })
  const end = async () => {
    // It has nothing to save, and would say on our terminal what it was told to end by.
    qemu.kill('SIGKILL')
    await qemu.exited
  }
  scope.onEnd('the QEMU of the floor', end)

  const console = new SerialLog(qemu.stdout, join(dir, 'floor.log'))
  const shown = new Promise<number>((resolve) => {
    console.onLine(() => {
      if (console.find(new RegExp(`^${SIGN}`)) !== undefined) resolve(performance.now() - started)
    })
  })
  const ended = qemu.exited.then(() => console.ended).then((): undefined => undefined)
  const tookMs = await new Deadline('bench.floor', 'The first line of init', LIMIT_MS).race(
    Promise.race([shown, ended]),
  )
  if (tookMs === undefined)
    throw new Trouble('bench.floor', 'QEMU ended before init began', { console: console.tail })
  await end()
  return tookMs
}
