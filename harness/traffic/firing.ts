/** What makes each kind of device fire: a byte from the host, or a read by the guest itself. */
import { Trouble } from '../base/errors.ts'
import type { GuestCommands } from '../guest/commands.ts'
import { DISK_SECTORS } from '../guest/device-args.ts'
import type { PortName } from '../guest/device-names.ts'
import { receiptFile, type TestDevice } from '../guest/devices.ts'
import type { Firing } from './device-prober.ts'
import type { HostPort } from './host-port.ts'

/** The firing of a device of this run. Throws `Trouble` for a port that nobody listens at. */
export function firingOf(
  device: TestDevice,
  guest: GuestCommands,
  ports: ReadonlyMap<PortName, HostPort>,
): Firing {
  if (device.stimulus.kind === 'read') return byReading(device, guest)
  const port = new Map<string, HostPort>(ports).get(device.name)
  if (port === undefined) throw new Trouble('traffic.port', `No port is open for ${device.name}`)
  return byWriting(port)
}

/** One write(2) of one byte: one used buffer of a virtqueue, or one received character. */
function byWriting(port: HostPort): Firing {
  return {
    fire: (id) => port.write(id),
    taken: async (sent) => Math.max(0, sent - (await port.untaken())),
  }
}

/**
 * One sector past the page cache: one command to the disk, one interrupt at its end. In the background, because a read
 * whose interrupt is lost ends only after half a minute, when the kernel has lost its patience (libata's timeout).
 */
function byReading({ name, node, irq, unmovable }: TestDevice, guest: GuestCommands): Firing {
  let reads = 0
  // The queue of the CPU that reads is the one that fires: its irq is bound to just these CPUs.
  const pinned = unmovable ? `taskset $(cat /proc/irq/${irq.number}/smp_affinity) ` : ''
  return {
    fire: async (id) => {
      const read = `${pinned}dd if=${node} of=/dev/null bs=512 count=1 skip=${reads++ % DISK_SECTORS} iflag=direct`
      await guest.check(`( ( ${read} && printf ${id} >>${receiptFile(name)} ) </dev/null >/dev/null 2>&1 & )`)
    },
    taken: (sent) => Promise.resolve(sent),
  }
}
