/** How many frames has QEMU taken from our tap? Tells a frame lost on the host from one lost in the guest. */
import { readFile } from 'node:fs/promises'
import { Trouble } from '../base/errors.ts'
import { testTap } from '../host/tap.ts'

/**
 * Frames that left the tap towards the guest since it was made: its transmit counter, which the host's tun driver
 * counts when QEMU reads the frame (drivers/net/tun.c:tun_put_user). Throws `Trouble` when the tap is not there.
 */
export async function framesTaken(tap: string = testTap(1).name): Promise<number> {
  const text = await readFile('/proc/net/dev', 'utf8')
  const row = text.split('\n').find((line) => line.trim().startsWith(`${tap}:`))
  // Columns after the name: eight for receive, then transmit bytes, transmit packets.
  const packets = row?.split(':')[1]?.trim().split(/\s+/)[9]
  if (packets === undefined || !/^\d+$/.test(packets)) {
    throw new Trouble('traffic.tap', `${tap} is not in this network namespace`)
  }
  return Number(packets)
}
