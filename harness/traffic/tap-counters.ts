/** How many frames has QEMU taken from our tap? Tells a frame lost on the host from one lost in the guest. */
import { readFile } from 'node:fs/promises'
import { Trouble } from '../base/errors.ts'
import { testTap } from '../host/tap.ts'

/**
 * Frames that left the tap towards the guest since it was made: its transmit counter, which the host's tun driver
 * counts when QEMU reads the frame (drivers/net/tun.c:tun_put_user). Throws `Trouble` when the tap is not there.
 */
export async function framesTaken(tap: string = testTap(1).name): Promise<number> {
  return parseFramesTaken(await readFile('/proc/net/dev', 'utf8'), tap)
}

/** Frames that the guest has sent into the tap since it was made: its receive counter. Throws `Trouble`. */
export async function framesSent(tap: string = testTap(1).name): Promise<number> {
  return parseFrames(await readFile('/proc/net/dev', 'utf8'), tap, RECEIVED)
}

/** Columns after the name: eight for receive, then transmit bytes, transmit packets (net/core/net-procfs.c). */
const RECEIVED = 1
const TRANSMITTED = 9

/** Reads the transmit counter from the text of /proc/net/dev. Throws `Trouble`. */
export function parseFramesTaken(text: string, tap: string): number {
  return parseFrames(text, tap, TRANSMITTED)
}

function parseFrames(text: string, tap: string, column: number): number {
  const row = text.split('\n').find((line) => line.trim().startsWith(`${tap}:`))
  if (row === undefined) throw new Trouble('traffic.tap', `${tap} is not in this network namespace`)
  const packets = row
    .slice(row.indexOf(':') + 1)
    .trim()
    .split(/\s+/)[column]
  if (packets === undefined || !/^\d+$/.test(packets)) {
    throw new Trouble('traffic.tap', `The counters of ${tap} cannot be read: ${row.trim()}`)
  }
  return Number(packets)
}
