/** Which devices join a run's network to its guest? The tap of the NIC under test and the tap for management. */
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { Trouble } from '../base/errors.ts'
import { errnoOf } from './errno.ts'
import { exchange } from './exchange.ts'

const stage = 'host.tap'

/** One end of a cable: an Ethernet address and an IPv4 address without its prefix. */
export interface CableEnd {
  readonly mac: string
  readonly address: string
}

/** A tap device and what is to be known about its two ends. The network is the /24 of the addresses. */
export interface Tap {
  /** The interface name on our side, 15 characters at most (IFNAMSIZ). */
  readonly name: string
  readonly host: CableEnd
  readonly guest: CableEnd
  /** Queue pairs of the guest's NIC: with one, the tap must not be multi_queue, or QEMU refuses it. */
  readonly queuePairs: number
}

/** The tap of the NIC under test: nothing but probes and floods of ours ever goes through it. */
export function testTap(queuePairs: number): Tap {
  return {
    name: 'irqlab-test',
    host: { mac: '52:54:00:69:71:12', address: '10.112.0.1' },
    guest: { mac: '52:54:00:69:71:02', address: '10.112.0.2' },
    queuePairs,
  }
}

/** The tap of the second NIC, for SSH alone. */
export const managementTap: Tap = {
  name: 'irqlab-mgmt',
  host: { mac: '52:54:00:69:71:11', address: '10.111.0.1' },
  guest: { mac: '52:54:00:69:71:01', address: '10.111.0.2' },
  queuePairs: 1,
}

/**
 * Adds the taps in the current network namespace, up and silent: no ARP (the guest is a permanent neighbour), no IPv6 (see
 * `isolate`). They go with the namespace, so there is no remove. One `ip` process for all. Throws `Trouble` with the remedy.
 */
export async function addTaps(taps: readonly Tap[]): Promise<void> {
  await checkTunDevice()
  const answer = await exchange(['ip', '-batch', '-'], {
    stage,
    limitMs: 5000,
    input: taps.map(batchOf).join(''),
  })
  if (answer.status !== 0) throw refusal(answer.stderr.trim())
}

/** The `ip -batch` lines of one tap. */
export function batchOf(tap: Tap): string {
  const multiQueue = tap.queuePairs > 1 ? ' multi_queue' : ''
  const { name, host, guest } = tap
  return [
    `tuntap add dev ${name} mode tap${multiQueue}`,
    `link set dev ${name} address ${host.mac} arp off multicast off up`,
    `address add ${host.address}/24 broadcast ${broadcastOf(host)} dev ${name}`,
    `neighbour replace ${guest.address} lladdr ${guest.mac} dev ${name} nud permanent`,
    // Without ARP the kernel sends a broadcast to the device's own address (arp_constructor in net/ipv4/arp.c asks for
    // IFF_NOARP before it asks for broadcast; seen on 6.18), and the guest's NIC would drop every probe.
    `neighbour replace ${broadcastOf(host)} lladdr ff:ff:ff:ff:ff:ff dev ${name} nud permanent`,
    '',
  ].join('\n')
}

/** The address that every station of the end's network hears: where probe datagrams go. */
export function broadcastOf(end: CableEnd): string {
  return end.address.replace(/\.\d+$/, '.255')
}

/** Throws `Trouble` with the remedy unless this user may open the device behind all taps. */
export async function checkTunDevice(): Promise<void> {
  try {
    await access('/dev/net/tun', constants.R_OK | constants.W_OK)
  } catch (error) {
    const denied = errnoOf(error) === 'EACCES'
    throw new Trouble(stage, denied ? 'No permission to use /dev/net/tun' : 'There is no /dev/net/tun', {
      hint: denied
        ? 'Run as root, or once: chmod 0666 /dev/net/tun (the usual mode; the kernel itself checks who may add a tap)'
        : 'Load the module (modprobe tun); in a container, pass the device in (--device /dev/net/tun)',
      cause: error,
      lasting: true,
    })
  }
}

/** The trouble behind what `ip` said. */
export function refusal(said: string): Trouble {
  const hints: readonly (readonly [RegExp, string])[] = [
    [
      /TUNSETIFF.*(not permitted|denied)/i,
      'Taps need a network namespace of ours: this has to run in the worker, or as root',
    ],
    [/TUNSETIFF.*busy/i, 'A tap of that name is there already: this namespace is not fresh'],
    [/^open:.*no such (file|device)/im, 'Load the module: modprobe tun'],
  ]
  const hint = hints.find(([pattern]) => pattern.test(said))?.[1]
  return new Trouble(stage, `Cannot add the taps: ${said || 'ip gave no reason'}`, {
    lasting: true,
    ...(hint === undefined ? {} : { hint }),
  })
}
